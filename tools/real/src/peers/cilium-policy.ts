import { join } from "node:path";
import { component } from "../components/cilium-policy.ts";
import { RealError } from "../errors.ts";
import { requireInstalled } from "../installed.ts";
import { JsonLines } from "../internal/json-lines.ts";
import type { LogFile } from "../internal/log-file.ts";
import { privateDirectory } from "../internal/private-directory.ts";
import { SupervisedProcess } from "../internal/supervised-process.ts";

/** A cluster, its policies, and the flows to decide. Nothing of a request is left for the next one. */
export interface CiliumRequest {
  readonly cluster?: {
    /** Default `default`. */
    readonly name?: string;
    /** Default false: then every CIDR of IPv6 is the world of IPv4 only. */
    readonly ipv6?: boolean;
    /** Whether host policies count. */
    readonly hostFirewall?: boolean;
    readonly enforcement?: "default" | "always" | "never";
  };
  readonly namespaces?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[];
  readonly endpoints: readonly CiliumEndpoint[];
  /** NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and CiliumCIDRGroup objects. */
  readonly policies: readonly object[];
  /** Service and EndpointSlice objects, for `toServices`. */
  readonly services?: readonly object[];
  readonly queries: readonly CiliumQuery[];
}

export interface CiliumEndpoint {
  readonly id: string;
  /** `outside` is an address beyond the cluster. */
  readonly kind: "pod" | "host" | "remote-node" | "health" | "ingress" | "init" | "unmanaged" | "outside";
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
  /** The Kubernetes API server listens on this node or outside address. */
  readonly apiServer?: boolean;
  /** Of an outside endpoint. */
  readonly ip?: string;
  /** Name under which the DNS proxy learned the address of an outside endpoint. */
  readonly fqdn?: string;
}

export interface CiliumQuery {
  /** Endpoint identifiers. */
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  /** The destination's; the type for ICMP. */
  readonly port: number;
  readonly http?: {
    readonly method: string;
    readonly path: string;
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
}

export interface CiliumAnswer {
  /** Policies that the API server (`schema`) or the agent (`agent`) refuses. */
  readonly parseErrors: readonly {
    readonly policy: string;
    readonly stage: "schema" | "agent";
    readonly error: string;
  }[];
  /** Endpoints for which the agent cannot compute a policy. */
  readonly endpointErrors: readonly { readonly endpoint: string; readonly error: string }[];
  /** One for each query, in order. */
  readonly decisions: readonly { readonly egress: CiliumSide; readonly ingress: CiliumSide }[];
}

/** What one end of a flow decides. */
export interface CiliumSide {
  /** False where there is no Cilium endpoint: everything passes. */
  readonly enforced: boolean;
  /** There is no policy for this endpoint, see `endpointErrors`, and no verdict. */
  readonly failed?: boolean;
  readonly allowed: boolean;
  /** `Kind namespace/name spec.ingress[0]`, or `default-allow`, `host-exception`; empty for a default deny. */
  readonly rules: readonly string[];
  /** The connection passes a proxy. */
  readonly redirect?: boolean;
  readonly l7?: readonly (readonly object[])[];
  /** Whether the proxy lets the request of the query pass. */
  readonly httpAllowed?: boolean;
}

/** Cilium's policy engine as a process that stays. */
export interface CiliumPolicy extends AsyncDisposable {
  readonly version: string;
  readonly log: LogFile;
  /** Many may be under way at once. @throws {RealError} `request-failed` for a request it cannot answer; `stopped` */
  decide(request: CiliumRequest): Promise<CiliumAnswer>;
  close(): Promise<void>;
}

/**
 * Starts our program on Cilium's own policy engine.
 *
 * @throws {RealError} `not-installed`, `start-failed`
 * @example
 * ```ts
 * import { ciliumPolicy } from "@idstack/tool-real";
 * await using engine = await ciliumPolicy();
 * const endpoints = [{ id: "web", kind: "pod", namespace: "apps" }, { id: "db", kind: "pod", namespace: "apps" }] as const;
 * const queries = [{ from: "web", to: "db", protocol: "TCP", port: 5432 }];
 * const { decisions } = await engine.decide({ endpoints, policies: [], queries });
 * console.log(decisions[0]?.ingress.allowed); // true
 * ```
 */
export async function ciliumPolicy(): Promise<CiliumPolicy> {
  const installed = await requireInstalled(component);
  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await privateDirectory("cilium"));
  const child = stack.use(
    await SupervisedProcess.start({
      name: "cilium-policy",
      program: installed.path("cilium-policy"),
      args: [],
      logFile: join(directory, "log"),
      stdio: "pipe",
    }),
  );
  const lines = new JsonLines(child);
  const owned = stack.move();
  const close = (): Promise<void> => owned.disposeAsync();
  return {
    version: component.version,
    log: child.log,
    decide: async (request) => {
      const answer = (await lines.request({ ...request })) as CiliumAnswer & { readonly error?: string };
      if (answer.error !== undefined) throw new RealError("request-failed", `cilium-policy: ${answer.error}`);
      return answer;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
