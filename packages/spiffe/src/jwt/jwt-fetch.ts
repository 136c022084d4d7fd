import { requireSource } from "../internal/require-source.ts";
import type { FetchJwtSvidOptions, JwtSvidSource } from "../svid/jwt-svid-source.ts";

/** Options of {@link jwtFetch}. */
export interface JwtFetchOptions extends Pick<FetchJwtSvidOptions, "subject" | "hint"> {
  /** Own tokens: a `JwtSource`. */
  readonly source: JwtSvidSource;
  /** What the called service calls itself, or a function that says it for a URL. */
  readonly audience: string | readonly string[] | ((url: URL) => string | readonly string[]);
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Sends tokens over plain http too, to hosts other than the loopback interface. Default false. */
  readonly allowInsecure?: boolean | undefined;
}

/**
 * A `fetch` that sends a JWT-SVID: `Authorization: Bearer` (JWT-SVID, token transmission). A redirect to another origin goes without it, as
 * fetch demands of every `Authorization` header.
 *
 * The returned function throws what the source throws, and a `TypeError` for a plain http URL of another host (a token that
 * somebody reads can be used by them) and for a request that has an `Authorization` header already.
 *
 * @example
 * ```ts
 * import { jwtFetch } from "@idstack/spiffe/jwt";
 * import type { JwtSource } from "@idstack/spiffe";
 * export async function call(source: JwtSource): Promise<string> {
 *   const fetch = jwtFetch({ source, audience: "api" });
 *   return (await fetch("https://api.apps.svc:8443/")).text();
 * }
 * ```
 */
export function jwtFetch(options: JwtFetchOptions): typeof globalThis.fetch {
  const { source, audience, subject, hint, allowInsecure = false } = options;
  requireSource(source, ["fetchJwtSvid"], "a JwtSource");
  return async (input, init) => {
    const target = new URL(input instanceof Request ? input.url : input);
    if (target.protocol !== "https:" && !allowInsecure && !isLoopback(target)) {
      throw new TypeError(`a token must not be sent in clear to ${target.host}: use https, or allowInsecure`);
    }
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (headers.has("authorization")) throw new TypeError("the request has an Authorization header already");
    const wanted = typeof audience === "function" ? audience(target) : audience;
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const { token } = await source.fetchJwtSvid(wanted, { subject, hint, ...(signal && { signal }) });
    headers.set("authorization", `Bearer ${token}`);
    return (options.fetch ?? globalThis.fetch)(input, { ...init, headers });
  };
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}
