import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "./spiffe-id.ts";
import { TrustDomain } from "./trust-domain.ts";

/**
 * Decides about a *verified* SPIFFE ID, at once: only `true` admits, a promise does not. Any predicate will do; the matchers of
 * this module describe themselves in errors. Members of federated trust domains are asked about too: look at `id.trustDomain`
 * (or use {@link memberOf}), not at the path alone and not at how the text begins.
 */
export type IdMatcher = (id: SpiffeId) => boolean;

/**
 * Who is let in: SPIFFE IDs as strings, or matchers; a list admits whoever one of its entries admits.
 * An empty list admits nobody. There is no default: "anybody with a certificate" has to be written, as `() => true`.
 */
export type Authorize = IdMatcher | readonly (string | SpiffeId | IdMatcher)[];

/** Matches exactly this SPIFFE ID. @throws TypeError if `id` is no SPIFFE ID. */
export function exact(id: string | SpiffeId): IdMatcher {
  const wanted = String(workloadId(id));
  return named(wanted, (peer) => peer.toString() === wanted);
}

/** Matches any of these SPIFFE IDs. @throws TypeError if one of them is no SPIFFE ID. */
export function oneOf(...ids: readonly (string | SpiffeId)[]): IdMatcher {
  const wanted = new Set(ids.map((id) => String(workloadId(id))));
  return named([...wanted].join(", ") || "nobody", (peer) => wanted.has(peer.toString()));
}

/** Matches every workload of a trust domain. @throws TypeError if `trustDomain` is none. */
export function memberOf(trustDomain: string | TrustDomain): IdMatcher {
  const domain = typeof trustDomain === "string" ? callerTrustDomain(trustDomain) : trustDomain;
  if (!(domain instanceof TrustDomain)) throw new TypeError("expected a trust domain");
  return named(`any member of ${domain.idString}`, (peer) => peer.memberOf(domain));
}

/**
 * Matches this SPIFFE ID and every one below it, segment by segment: `spiffe://td/ns/apps` matches
 * `spiffe://td/ns/apps/sa/web` and not `spiffe://td/ns/apps-test`. For a whole trust domain there is {@link memberOf}.
 *
 * @throws TypeError if `id` is no SPIFFE ID with a path.
 * @example
 * ```ts
 * import { pathPrefix, SpiffeId } from "@idstack/spiffe";
 * const apps = pathPrefix("spiffe://homelab.internal/ns/apps");
 * console.log(apps(SpiffeId.parse("spiffe://homelab.internal/ns/apps/sa/web"))); // true
 * ```
 */
export function pathPrefix(id: string | SpiffeId): IdMatcher {
  const wanted = String(workloadId(id));
  return named(`${wanted} or below`, (peer) => {
    const text = peer.toString();
    return text === wanted || text.startsWith(`${wanted}/`);
  });
}

/**
 * Turns the `authorize` option into a function that throws for a peer that is not admitted.
 *
 * @throws TypeError at once for a malformed entry, so that a typing error shows at start-up and not as a refused peer.
 */
export function authorizer(authorize: Authorize): (id: SpiffeId) => void {
  const matcher = toMatcher(authorize);
  return (id) => {
    if (admits(matcher, id)) return;
    throw new SpiffeError("unauthorized", `${id} is not authorized: expected ${describe(matcher)}`, {
      spiffeId: id.toString(),
    });
  };
}

/** Only `true` admits. A promise is never waited for: the peer would be in before it is decided. */
function admits(matcher: IdMatcher, id: SpiffeId): boolean {
  const verdict: unknown = matcher(id);
  if (!(verdict instanceof Promise)) return verdict === true;
  // Whatever becomes of it, it must not end the process.
  verdict.catch(() => {});
  const reason = `${describe(matcher)} is a promise: a predicate has to answer true or false at once`;
  throw new SpiffeError("unauthorized", `${id} is not authorized: ${reason}`, { spiffeId: id.toString() });
}

function toMatcher(authorize: Authorize): IdMatcher {
  if (typeof authorize === "function") return authorize;
  if (typeof authorize === "string") throw new TypeError(`authorize has to be a list: [${JSON.stringify(authorize)}]`);
  if (!Array.isArray(authorize)) {
    throw new TypeError(
      "authorize is required: a list of SPIFFE IDs or a matcher; use () => true to admit every verified peer",
    );
  }
  const entries = (authorize as readonly (string | SpiffeId | IdMatcher)[]).map((entry) =>
    typeof entry === "function" ? entry : exact(entry),
  );
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return only;
  const names = entries.map(describe).join(", ") || "nobody";
  return named(names, (peer) => entries.some((matches) => admits(matches, peer)));
}

function workloadId(id: string | SpiffeId): SpiffeId {
  const parsed = typeof id === "string" ? callerId(id) : id;
  if (!(parsed instanceof SpiffeId)) throw new TypeError("expected a SPIFFE ID");
  if (parsed.path === "") {
    throw new TypeError(
      `${parsed} names a trust domain, no workload has this ID; use memberOf("${parsed.trustDomain}")`,
    );
  }
  return parsed;
}

function callerId(text: string): SpiffeId {
  try {
    return SpiffeId.parse(text);
  } catch (error) {
    throw new TypeError((error as Error).message, { cause: error });
  }
}

function callerTrustDomain(text: string): TrustDomain {
  try {
    return TrustDomain.parse(text);
  } catch (error) {
    throw new TypeError((error as Error).message, { cause: error });
  }
}

const descriptions = new WeakMap<IdMatcher, string>();

function named(description: string, matcher: IdMatcher): IdMatcher {
  descriptions.set(matcher, description);
  return matcher;
}

function describe(matcher: IdMatcher): string {
  return (
    descriptions.get(matcher) ?? (matcher.name === "" ? "what the predicate admits" : `what ${matcher.name}() admits`)
  );
}
