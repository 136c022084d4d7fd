import type { Agent, fetch } from "undici";
import type { SpiffeClientOptions } from "../tls/options.ts";
import { agentOf, loadUndici, type Undici, type UndiciAgentOptions } from "./agent.ts";

/** undici's `fetch` over SPIFFE mTLS. Connections are kept alive between calls. */
export interface SpiffeFetch extends AsyncDisposable {
  (...args: Parameters<typeof fetch>): ReturnType<typeof fetch>;
  /** The agent below, for undici's other functions. */
  readonly agent: Agent;
  /** Ends idle connections and waits for requests that are under way. */
  close(): Promise<void>;
}

/**
 * A `fetch` for SPIFFE mTLS: that of the installed undici on an agent of its own.
 *
 * A refused server rejects with a TypeError whose `cause` is a `SpiffeError`, as `fetch` does with network errors.
 * `Request` objects have to come from the same undici: Node's global ones are of another copy.
 *
 * @throws TypeError for options that cannot work, and if undici is not installed.
 *
 * @example
 * ```ts
 * import { spiffeFetch } from "@idstack/spiffe/undici";
 * import type { X509Source } from "@idstack/spiffe";
 * export async function call(source: X509Source): Promise<string> {
 *   const fetch = spiffeFetch({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/api"] });
 *   return (await fetch("https://api.apps.svc:8443/")).text();
 * }
 * ```
 */
export function spiffeFetch(options: SpiffeClientOptions & UndiciAgentOptions): SpiffeFetch {
  return fetchOf(loadUndici(), options);
}

/** The same with a given copy of undici. */
export function fetchOf(undici: Undici, options: SpiffeClientOptions & UndiciAgentOptions): SpiffeFetch {
  const agent = agentOf(undici, options);
  const call: typeof fetch = (input, init) => undici.fetch(input, { ...init, dispatcher: agent });
  const close = (): Promise<void> => agent.close();
  return Object.assign(call, { agent, close, [Symbol.asyncDispose]: close });
}
