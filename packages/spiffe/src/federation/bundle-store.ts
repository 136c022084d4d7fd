import type { JwtBundle } from "../bundle/jwt-bundle.ts";
import {
  type AnyBundleSource,
  marshalSpiffeBundle,
  type SpiffeBundle,
  SpiffeBundleSet,
} from "../bundle/spiffe-bundle.ts";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { Listeners } from "../internal/listeners.ts";

/** What became of a bundle that was put into a {@link BundleStore}. */
export type PutResult =
  | "stored"
  /** It says what is stored already. */
  | "unchanged"
  /** Its sequence number is lower than that of the stored one, which stays. */
  | "outdated";

/**
 * The newest bundle of each trust domain, by sequence number (SPIFFE_Federation, SPIFFE_Trust_Domain_and_Bundle §4).
 * Bundles of different trust domains are never merged. To keep them over a restart, write `marshalBundleMap(store)` to a file
 * and fill the next store from `parseBundleMap`.
 *
 * @example
 * ```ts
 * import { parseSpiffeBundle, TrustDomain } from "@idstack/spiffe";
 * import { BundleStore } from "@idstack/spiffe/federation";
 * const partner = TrustDomain.parse("partner.example");
 * const store = new BundleStore([parseSpiffeBundle(partner, '{"keys": [], "spiffe_sequence": 7}')]);
 * console.log(store.put(parseSpiffeBundle(partner, '{"keys": [], "spiffe_sequence": 6}'))); // "outdated"
 * ```
 */
export class BundleStore implements AnyBundleSource, Iterable<SpiffeBundle> {
  #bundles: SpiffeBundleSet;
  readonly #listeners = new Listeners<SpiffeBundleSet>();

  constructor(bundles: Iterable<SpiffeBundle> = []) {
    this.#bundles = new SpiffeBundleSet(bundles);
  }

  /** Keeps the bundle unless a newer one of its trust domain is there. Without sequence numbers the later one counts. */
  put(bundle: SpiffeBundle): PutResult {
    const stored = this.#bundles.get(bundle.trustDomain);
    const result = stored === undefined ? "stored" : compare(stored, bundle);
    if (result === "stored") this.#change(this.#bundles.with(bundle));
    return result;
  }

  /** Ends the trust in a trust domain. */
  remove(trustDomain: TrustDomain): boolean {
    const known = this.#bundles.has(trustDomain);
    if (known) this.#change(this.#bundles.without(trustDomain));
    return known;
  }

  has(trustDomain: TrustDomain): boolean {
    return this.#bundles.has(trustDomain);
  }

  /** Everything that is stored now; does not change afterwards. */
  get bundles(): SpiffeBundleSet {
    return this.#bundles;
  }

  getSpiffeBundle(trustDomain: TrustDomain): SpiffeBundle | undefined {
    return this.#bundles.getSpiffeBundle(trustDomain);
  }

  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.#bundles.getX509Bundle(trustDomain);
  }

  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    return this.#bundles.getJwtBundle(trustDomain);
  }

  [Symbol.iterator](): Iterator<SpiffeBundle> {
    return this.#bundles[Symbol.iterator]();
  }

  /** Calls back after every change until the returned function is called. */
  onUpdate(listener: (bundles: SpiffeBundleSet) => void): () => void {
    return this.#listeners.add(listener);
  }

  #change(bundles: SpiffeBundleSet): void {
    this.#bundles = bundles;
    this.#listeners.emit(bundles);
  }
}

function compare(stored: SpiffeBundle, next: SpiffeBundle): PutResult {
  const { sequenceNumber: before } = stored;
  const { sequenceNumber: after } = next;
  if (before !== undefined && after !== undefined && before !== after) return after > before ? "stored" : "outdated";
  // The same number means the same content, whatever it says; without one only the content can tell.
  if (before !== undefined && after !== undefined) return "unchanged";
  return marshalSpiffeBundle(stored) === marshalSpiffeBundle(next) ? "unchanged" : "stored";
}
