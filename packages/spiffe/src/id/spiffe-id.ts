import { SpiffeError } from "../errors.ts";
import { clip, TrustDomain, trustDomainFault } from "./trust-domain.ts";

/** Every implementation supports 2048 bytes, nobody may generate more (SPIFFE-ID §2.3). */
const MAX_LENGTH = 2048;
const SCHEME = "spiffe://";
const SEGMENT = /^[a-zA-Z0-9._-]+$/;

/**
 * A SPIFFE ID: the name of a workload, `spiffe://<trust domain>/<path>` (SPIFFE-ID §2).
 *
 * Parsing is strict: what is not exactly in the form of the standard is refused, nothing is normalised.
 *
 * @example
 * ```ts
 * import { SpiffeId } from "@idstack/spiffe";
 * const id = SpiffeId.parse("spiffe://homelab.internal/ns/apps/sa/web");
 * console.log(id.trustDomain.name, id.path); // "homelab.internal" "/ns/apps/sa/web"
 * ```
 */
export class SpiffeId {
  readonly trustDomain: TrustDomain;
  /** Empty for the ID of the trust domain itself, otherwise it starts with a slash. */
  readonly path: string;

  private constructor(trustDomain: TrustDomain, path: string) {
    this.trustDomain = trustDomain;
    this.path = path;
  }

  /**
   * Reads a SPIFFE ID.
   *
   * @throws {@link SpiffeError} `invalid-spiffe-id`; the message names the violated rule.
   */
  static parse(text: string): SpiffeId {
    if (typeof text !== "string") throw new TypeError("SpiffeId.parse needs a string");
    if (text === "") throw invalid(text, "it is empty", "§2");
    if (text.length > MAX_LENGTH) throw invalid(text, `it is longer than ${MAX_LENGTH} bytes`, "§2.3");
    if (!text.startsWith(SCHEME)) throw invalid(text, "the scheme has to be spiffe://", "§2");
    const slash = text.indexOf("/", SCHEME.length);
    const name = slash === -1 ? text.slice(SCHEME.length) : text.slice(SCHEME.length, slash);
    const path = slash === -1 ? "" : text.slice(slash);
    const fault = trustDomainFault(name);
    if (fault !== undefined) throw invalid(text, fault, "§2.1");
    const wrong = pathFault(path);
    if (wrong !== undefined) throw invalid(text, wrong, "§2.2");
    return new SpiffeId(TrustDomain.parse(name), path);
  }

  /**
   * Puts an ID together from a trust domain and a path such as `/ns/apps/sa/web`.
   *
   * @throws {@link SpiffeError} `invalid-spiffe-id` or `invalid-trust-domain`.
   */
  static of(trustDomain: TrustDomain | string, path = ""): SpiffeId {
    const domain = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
    // Without this a path "x" would end up in the trust domain.
    if (path !== "" && !path.startsWith("/"))
      throw invalid(domain.idString + path, "a path starts with a slash", "§2.2");
    return SpiffeId.parse(domain.idString + path);
  }

  memberOf(trustDomain: TrustDomain): boolean {
    return this.trustDomain.equals(trustDomain);
  }

  equals(other: SpiffeId): boolean {
    return this.memberOf(other.trustDomain) && this.path === other.path;
  }

  toString(): string {
    return this.trustDomain.idString + this.path;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The rule that `path` violates, in words, or undefined (SPIFFE-ID §2.2). */
function pathFault(path: string): string | undefined {
  if (path === "") return undefined;
  if (path.endsWith("/")) return "a trailing slash is not allowed";
  for (const segment of path.slice(1).split("/")) {
    if (segment === "") return "an empty path segment is not allowed";
    if (segment === "." || segment === "..") return "the path segments . and .. are not allowed";
    if (!SEGMENT.test(segment)) return "a path segment holds only letters, digits, dots, dashes and underscores";
  }
  return undefined;
}

function invalid(text: string, rule: string, section: string): SpiffeError {
  return new SpiffeError("invalid-spiffe-id", `invalid SPIFFE ID ${JSON.stringify(clip(text))}: ${rule}`, {
    section: `SPIFFE-ID ${section}`,
  });
}
