import type { HttpRequest } from "./internal/http.ts";
import type { Party, Port } from "./party.ts";

export type { HttpRequest } from "./internal/http.ts";

/** What a flow carries, when the question is about a request and not only about the connection. */
export interface FlowOptions {
  /** The HTTP request, for Cilium's L7 rules. What is left out of it is unknown: rules about it leave the verdict open. */
  readonly http?: HttpRequest | undefined;
  /** The name that a DNS query asks for, for Cilium's DNS rules. */
  readonly dns?: string | undefined;
}

/** A question for later: see {@link flow}. */
export interface Flow extends FlowOptions {
  readonly from: Party;
  readonly to: Party;
  /** Without a port the question is about every port and protocol. */
  readonly port?: Port | undefined;
}

/**
 * Writes a flow down as data, for `claim`.
 *
 * @example
 * ```ts
 * flow("apps/web", "apps/api", "tcp/8080", { http: { method: "GET", path: "/v1/items" } });
 * ```
 */
export function flow(from: Party, to: Party, port?: Port, options: FlowOptions = {}): Flow {
  return { from, to, ...(port === undefined ? {} : { port }), ...options };
}
