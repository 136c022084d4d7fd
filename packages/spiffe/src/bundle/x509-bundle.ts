import type { X509Certificate } from "node:crypto";
import type { TrustDomain } from "../id/trust-domain.ts";

/** The CA certificates of one trust domain. An empty list trusts nothing. */
export interface X509Bundle {
  readonly trustDomain: TrustDomain;
  readonly authorities: readonly X509Certificate[];
}

/**
 * Gives the bundle of *one* trust domain, or undefined when that trust domain is not trusted.
 * Bundles are never merged: who asks has to name the trust domain (SPIFFE_Workload_API §4.6).
 */
export interface X509BundleSource {
  get(trustDomain: TrustDomain): X509Bundle | undefined;
}

/**
 * Bundles by trust domain: the own one and those of federated trust domains.
 *
 * @example
 * ```ts
 * import { TrustDomain, X509BundleSet } from "@idstack/spiffe";
 * const bundles = new X509BundleSet([{ trustDomain: TrustDomain.parse("homelab.internal"), authorities: [] }]);
 * console.log(bundles.size, bundles.get(TrustDomain.parse("other.internal"))); // 1 undefined
 * ```
 */
export class X509BundleSet implements X509BundleSource, Iterable<X509Bundle> {
  readonly #bundles: ReadonlyMap<string, X509Bundle>;

  /** Where a trust domain appears twice the first bundle counts. */
  constructor(bundles: Iterable<X509Bundle>) {
    const byName = new Map<string, X509Bundle>();
    for (const bundle of bundles) {
      if (!byName.has(bundle.trustDomain.name)) byName.set(bundle.trustDomain.name, bundle);
    }
    this.#bundles = byName;
  }

  get(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.#bundles.get(trustDomain.name);
  }

  get size(): number {
    return this.#bundles.size;
  }

  [Symbol.iterator](): Iterator<X509Bundle> {
    return this.#bundles.values();
  }
}
