import { isIP } from "node:net";
import { SpiffeError } from "../errors.ts";

/** Environment variable that names the Workload API endpoint (SPIFFE_Workload_Endpoint §4). */
export const ENDPOINT_SOCKET_VARIABLE = "SPIFFE_ENDPOINT_SOCKET";

/** What fits into `sun_path` beside its closing NUL. */
const MAX_SOCKET_PATH = process.platform === "linux" ? 107 : 103;

/** A Workload API endpoint that may be dialled. */
export type Endpoint =
  | { readonly address: string; readonly kind: "unix"; readonly path: string }
  /** Windows only, and outside of the standard (spiffe/spiffe#391). */
  | { readonly address: string; readonly kind: "npipe"; readonly path: string }
  | { readonly address: string; readonly kind: "tcp"; readonly host: string; readonly port: number };

/**
 * Reads an endpoint address: `unix:///absolute/path` or `tcp://IP:port` (SPIFFE_Workload_Endpoint §4). On Windows also
 * `npipe:name`, as SPIRE and go-spiffe name a pipe; Node cannot tell who serves it.
 *
 * @param platform Default: that of the process.
 * @throws {@link SpiffeError} `invalid-endpoint-address`; the message names the violated rule.
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "@idstack/spiffe";
 * console.log(parseEndpoint("tcp://127.0.0.1:8000").kind); // "tcp"
 * ```
 */
export function parseEndpoint(address: string, platform: NodeJS.Platform = process.platform): Endpoint {
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(address);
  if (match === null) throw invalid(address, "it has no scheme; write unix:///path or tcp://IP:port");
  const [, scheme = "", rest = ""] = match;
  if (scheme === "unix") return unixEndpoint(address, rest);
  if (scheme === "tcp") return tcpEndpoint(address, rest);
  if (scheme === "npipe") return pipeEndpoint(address, rest, platform);
  throw invalid(address, `the scheme has to be unix or tcp, not ${scheme}`);
}

/**
 * The endpoint to dial: the explicit address first, `SPIFFE_ENDPOINT_SOCKET` otherwise.
 *
 * @throws {@link SpiffeError} `no-endpoint-address` or `invalid-endpoint-address`.
 */
export function findEndpoint(address: string | undefined, environment: NodeJS.ProcessEnv = process.env): Endpoint {
  const found = address ?? environment[ENDPOINT_SOCKET_VARIABLE];
  if (found !== undefined && found !== "") return parseEndpoint(found);
  throw new SpiffeError(
    "no-endpoint-address",
    `no Workload API address: pass the address option or set ${ENDPOINT_SOCKET_VARIABLE}, for example to unix:///run/spire/agent-sockets/spire-agent.sock`,
    { section: "SPIFFE_Workload_Endpoint §4" },
  );
}

function unixEndpoint(address: string, rest: string): Endpoint {
  if (rest.includes("?")) throw invalid(address, "a query is not allowed");
  if (rest.includes("#")) throw invalid(address, "a fragment is not allowed");
  if (rest.startsWith("//") && !rest.startsWith("///")) {
    throw invalid(address, "a unix address has no authority; write three slashes: unix:///path");
  }
  const path = decode(address, rest.startsWith("//") ? rest.slice(2) : rest);
  if (path === "" || path === "/") throw invalid(address, "the socket path is empty");
  if (!path.startsWith("/")) throw invalid(address, "the socket path has to be absolute");
  if (path.includes("\0")) throw invalid(address, "the socket path holds a NUL byte");
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    throw invalid(address, `the socket path is longer than the ${MAX_SOCKET_PATH} bytes that the system can open`);
  }
  return { address, kind: "unix", path };
}

function pipeEndpoint(address: string, name: string, platform: NodeJS.Platform): Endpoint {
  if (platform !== "win32")
    throw invalid(address, "named pipes exist on Windows only; the scheme has to be unix or tcp");
  if (!/^[^/?#\0]+$/.test(name)) throw invalid(address, "write npipe:name, without slashes, query or fragment");
  return { address, kind: "npipe", path: `\\\\.\\pipe\\${name}` };
}

function decode(address: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid(address, "the percent-encoding is broken");
  }
}

function tcpEndpoint(address: string, rest: string): Endpoint {
  if (!rest.startsWith("//")) throw invalid(address, "write tcp://IP:port");
  const authority = rest.slice(2);
  if (authority.includes("?")) throw invalid(address, "a query is not allowed");
  if (authority.includes("#")) throw invalid(address, "a fragment is not allowed");
  if (authority.includes("/")) throw invalid(address, "a tcp address has no path");
  if (authority.includes("@")) throw invalid(address, "userinfo is not allowed");
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(authority);
  const host = match?.[1] ?? match?.[2] ?? "";
  if (match === null || isIP(host) === 0 || (match[1] !== undefined) !== (isIP(host) === 6)) {
    throw invalid(address, "the host has to be an IP address, not a name");
  }
  const port = Number(match[3]);
  if (match[3] === undefined) throw invalid(address, "the port is missing");
  if (port < 1 || port > 65_535) throw invalid(address, "the port has to be between 1 and 65535");
  return { address, kind: "tcp", host, port };
}

function invalid(address: string, rule: string): SpiffeError {
  return new SpiffeError(
    "invalid-endpoint-address",
    `invalid Workload API address ${JSON.stringify(address)}: ${rule}`,
    {
      address,
      section: "SPIFFE_Workload_Endpoint §4",
    },
  );
}
