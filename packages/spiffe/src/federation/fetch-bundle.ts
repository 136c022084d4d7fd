import { Agent } from "node:https";
import type { BundleLimits } from "../bundle/limits.ts";
import { type AnyBundleSource, parseSpiffeBundle, type SpiffeBundle } from "../bundle/spiffe-bundle.ts";
import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { spiffeAgent } from "../https/agent.ts";
import { type BundleEndpoint, endpointDomain, urlFault } from "./endpoint.ts";
import { httpsGet, printable } from "./https-get.ts";

/** Options of {@link fetchBundle}. */
export interface FetchBundleOptions extends Pick<BundleLimits, "maxBundleBytes"> {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for everything, redirects included. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Default 5. */
  readonly maxRedirects?: number | undefined;
  /** Told about every key that was left out because something is wrong with it. Must not throw. */
  readonly onIgnored?: ((error: SpiffeError) => void) | undefined;
  readonly clock?: Clock | undefined;
}

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Fetches the bundle of a trust domain from its bundle endpoint, once (SPIFFE_Federation). https only, without userinfo,
 * across redirects too, each hop with the same checks of the server.
 *
 * @throws {@link SpiffeError} `bundle-endpoint-failed` (network, TLS, a server that is not the configured one; see `cause`),
 * `bundle-endpoint-timeout`, `bundle-endpoint-status`, `bundle-endpoint-redirect`, `bundle-too-large`, `bundle-malformed`;
 * the signal's reason if it aborts; `TypeError` for an endpoint that cannot be: URL, profile, ID.
 *
 * @example
 * ```ts
 * import { fetchBundle } from "@idstack/spiffe/federation";
 * export const partner = () =>
 *   fetchBundle({ trustDomain: "partner.example", url: "https://spiffe.partner.example/bundle", profile: { type: "https_web" } });
 * ```
 */
export async function fetchBundle(
  endpoint: BundleEndpoint,
  options: FetchBundleOptions = {},
): Promise<SpiffeBundle & AnyBundleSource> {
  const { signal, timeoutMs = 10_000, maxRedirects = 5, maxBundleBytes = MAX_BYTES, clock = systemClock } = options;
  const trustDomain = endpointDomain(endpoint);
  const url = endpointUrl(endpoint.url);
  signal?.throwIfAborted();
  const agent = endpointAgent(endpoint, clock);
  const stop = new AbortController();
  const cancelled = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  let late = false;
  void sleep(clock, timeoutMs, cancelled).then(() => {
    late = !cancelled.aborted;
    stop.abort();
  });
  try {
    const document = await httpsGet(url, { agent, signal: cancelled, maxBytes: maxBundleBytes, maxRedirects });
    return parseSpiffeBundle(trustDomain, document, { maxBundleBytes, onIgnored: options.onIgnored });
  } catch (error) {
    signal?.throwIfAborted();
    if (late)
      throw new SpiffeError("bundle-endpoint-timeout", `${printable(url)} did not deliver within ${timeoutMs} ms`);
    throw explained(error, url);
  } finally {
    stop.abort();
    agent.destroy();
  }
}

/** @throws TypeError */
export function endpointUrl(text: string | URL): URL {
  const url = URL.canParse(String(text)) ? new URL(text) : undefined;
  const fault = url === undefined ? "it is no URL" : urlFault(url);
  if (url === undefined || fault !== undefined) {
    throw new TypeError(`the URL of a bundle endpoint is not valid: ${fault} (SPIFFE_Federation)`);
  }
  return url;
}

/**
 * Makes connections that are verified as the profile says. An unknown profile is never taken for another one.
 *
 * @throws TypeError
 */
export function endpointAgent({ profile }: BundleEndpoint, clock: Clock): Agent {
  if (profile?.type === "https_spiffe") {
    const { bundles: source, endpointId } = profile;
    return spiffeAgent({ source, present: "none", authorize: [endpointId], clock, keepAlive: false });
  }
  if (profile?.type !== "https_web") throw new TypeError('profile.type has to be "https_web" or "https_spiffe"');
  const { ca } = profile;
  // A list even of one: of an empty text Node would make its own CAs.
  const trusted = ca === undefined ? {} : { ca: [ca].flat() as (string | Buffer)[] };
  // Said explicitly: an environment variable must not be able to switch verification off.
  return new Agent({ ...trusted, rejectUnauthorized: true, minVersion: "TLSv1.2", maxCachedSessions: 0 });
}

function explained(error: unknown, url: URL): SpiffeError {
  const known = error instanceof SpiffeError ? error : undefined;
  if (known?.code.startsWith("bundle-")) return known;
  const message = `${printable(url)} cannot be fetched: ${(error as Error).message}`;
  return new SpiffeError("bundle-endpoint-failed", message, { spiffeId: known?.spiffeId, cause: error });
}
