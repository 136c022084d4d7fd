import type { TrustDomain } from "../id/trust-domain.ts";

/** Something that belongs to one trust domain. */
interface OfTrustDomain {
  readonly trustDomain: TrustDomain;
}

/**
 * What all sets of bundles have in common: one bundle per trust domain, never changed after construction, so that a
 * snapshot stays what it was. Where a trust domain appears twice the first bundle counts.
 */
export abstract class BundleMap<Bundle extends OfTrustDomain> implements Iterable<Bundle> {
  readonly #bundles: ReadonlyMap<string, Bundle>;

  constructor(bundles: Iterable<Bundle> = []) {
    const byName = new Map<string, Bundle>();
    for (const bundle of bundles) {
      if (!byName.has(bundle.trustDomain.name)) byName.set(bundle.trustDomain.name, bundle);
    }
    this.#bundles = byName;
  }

  get(trustDomain: TrustDomain): Bundle | undefined {
    return this.#bundles.get(trustDomain.name);
  }

  has(trustDomain: TrustDomain): boolean {
    return this.#bundles.has(trustDomain.name);
  }

  get size(): number {
    return this.#bundles.size;
  }

  [Symbol.iterator](): Iterator<Bundle> {
    return this.#bundles.values();
  }

  /** Every bundle but the one of this trust domain. */
  protected others(trustDomain: TrustDomain): Bundle[] {
    return [...this].filter((bundle) => !bundle.trustDomain.equals(trustDomain));
  }
}
