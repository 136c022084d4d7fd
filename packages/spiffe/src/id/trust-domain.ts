import { SpiffeError } from "../errors.ts";

/** A trust domain name may take 255 bytes (SPIFFE-ID §2.3). */
const MAX_LENGTH = 255;
const ALLOWED = /^[a-z0-9._-]+$/;

/**
 * A SPIFFE trust domain: the security boundary whose authority signs identities (SPIFFE-ID §2.1).
 *
 * Names are lower-case letters, digits, dots, dashes and underscores, at most 255 bytes. A name that looks like an IP
 * address is treated no differently.
 *
 * @example
 * ```ts
 * import { TrustDomain } from "@idstack/spiffe";
 * console.log(TrustDomain.parse("homelab.internal").idString); // "spiffe://homelab.internal"
 * ```
 */
export class TrustDomain {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /**
   * Reads a trust domain name (`homelab.internal`) or its ID (`spiffe://homelab.internal`).
   *
   * @throws {@link SpiffeError} `invalid-trust-domain`; the message names the violated rule.
   */
  static parse(text: string): TrustDomain {
    if (typeof text !== "string") throw new TypeError("TrustDomain.parse needs a string");
    const name = text.startsWith("spiffe://") ? text.slice("spiffe://".length) : text;
    const fault = trustDomainFault(name);
    if (fault !== undefined) {
      throw new SpiffeError("invalid-trust-domain", `invalid trust domain ${JSON.stringify(clip(text))}: ${fault}`, {
        section: "SPIFFE-ID §2.1",
      });
    }
    return new TrustDomain(name);
  }

  /** The trust domain as a SPIFFE ID without a path. */
  get idString(): string {
    return `spiffe://${this.name}`;
  }

  equals(other: TrustDomain): boolean {
    return this.name === other.name;
  }

  toString(): string {
    return this.name;
  }

  toJSON(): string {
    return this.name;
  }
}

/** The rule that `name` violates, in words, or undefined. */
export function trustDomainFault(name: string): string | undefined {
  if (name === "") return "the trust domain is empty";
  if (name.length > MAX_LENGTH) return `the trust domain is longer than ${MAX_LENGTH} bytes`;
  if (ALLOWED.test(name)) return undefined;
  if (name.includes("@")) return "userinfo is not allowed";
  if (/:\d*$/.test(name)) return "a port is not allowed";
  if (/[A-Z]/.test(name)) return "the trust domain has to be lower case";
  return "a trust domain holds only lower-case letters, digits, dots, dashes and underscores";
}

/** Keeps hostile input out of logs: messages quote at most this much of it. */
export function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
