import { SpiffeError, type WorkloadApiErrorCode } from "../../errors.ts";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { BrokenConnection, RpcStatus, type StatusName } from "./status.ts";

const codes: Partial<Record<StatusName, WorkloadApiErrorCode>> = {
  PermissionDenied: "permission-denied",
  Unavailable: "unavailable",
  InvalidArgument: "invalid-argument",
  Unimplemented: "unimplemented",
};

const explanations: Partial<Record<WorkloadApiErrorCode, string>> = {
  "permission-denied": "the agent has no identity for this workload; is there a registration entry that matches it?",
  "invalid-argument": "the agent refuses the request",
  unimplemented: "the agent does not offer this method",
  unavailable: "the agent is not available at the moment",
};

/** Puts the cause of a failed call in words: first what the operating system said, then the gRPC status. */
export function toSpiffeError(error: unknown, endpoint: Endpoint): SpiffeError {
  if (error instanceof SpiffeError) return error;
  const { address } = endpoint;
  const details = { address, cause: error };
  switch (systemCode(error)) {
    case "ENOENT":
      return new SpiffeError(
        "endpoint-not-found",
        `${address}: the socket does not exist; is the agent running?`,
        details,
      );
    case "EACCES":
    case "EPERM":
      return new SpiffeError("endpoint-forbidden", `${address}: this process may not open the socket`, details);
    case "ECONNREFUSED":
      return new SpiffeError("endpoint-refused", `${address}: nothing listens there; is the agent running?`, details);
    case "ENOTSOCK":
      return new SpiffeError("endpoint-refused", `${address}: this file is not a socket`, details);
    default:
  }
  const { status, message } =
    error instanceof RpcStatus ? error : { status: "Unknown" as const, message: (error as Error).message };
  // A connection that broke says nothing about the agent: it is no status that the agent gave.
  const code = error instanceof BrokenConnection ? "rpc-failed" : (codes[status] ?? "rpc-failed");
  const explanation = explanations[code];
  const said = `gRPC ${status}: ${message}`;
  return new SpiffeError(code, `${address}: ${explanation === undefined ? said : `${explanation} (${said})`}`, details);
}

function systemCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; current = current.cause, depth += 1) {
    const { code } = current as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return undefined;
}
