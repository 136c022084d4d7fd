import type { X509Certificate } from "node:crypto";
import { DerError, readElement, TAG } from "../der/reader.ts";
import { TooManyCertificates } from "./der-certificates.ts";
import { parseAuthorities } from "./parse-authorities.ts";

/**
 * Reads the bundles of one message, as long as their CA certificates are not too many together: reading one keeps the process
 * busy for a third of a millisecond, telling where it ends takes nothing. What does not parse counts too.
 */
export class AuthorityBudget {
  readonly #most: number;
  #left: number;
  #own: { readonly bytes: Uint8Array; readonly authorities: readonly X509Certificate[] } | undefined;

  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  /** @throws TooManyCertificates, Error if any of them does not parse. */
  read(bytes: Uint8Array): readonly X509Certificate[] {
    this.#left -= this.#count(bytes);
    return parseAuthorities(bytes, this.#most);
  }

  /** The bundle of an own SVID: beside the next one stands the same, which counts once. */
  readOwn(bytes: Uint8Array): readonly X509Certificate[] {
    if (this.#own !== undefined && Buffer.compare(this.#own.bytes, bytes) === 0) return this.#own.authorities;
    const authorities = this.read(bytes);
    this.#own = { bytes, authorities };
    return authorities;
  }

  #count(bytes: Uint8Array): number {
    let count = 0;
    for (let offset = 0; offset < bytes.length; count += 1) {
      if (count >= this.#left) throw new TooManyCertificates(`more than ${this.#most} certificates in one message`);
      const element = readElement(bytes, offset);
      if (element.tag !== TAG.sequence) throw new DerError("no certificate");
      offset += element.bytes.length;
    }
    return count;
  }
}
