import { type X509Bundle, X509BundleSet, type X509BundleSource } from "../bundle/x509-bundle.ts";
import type { X509ContextSource, X509Svid } from "../svid/x509-svid.ts";

/** What {@link staticX509Source} hands out. */
export interface StaticX509Material {
  readonly svid: X509Svid;
  /** The own bundle and those of federated trust domains. */
  readonly bundles: Iterable<X509Bundle>;
}

/**
 * A source that never changes, for programs that end before their SVID does, and for tests.
 *
 * @throws TypeError if the key does not belong to the certificate.
 *
 * @example
 * ```ts
 * import { staticX509Source } from "@idstack/spiffe/files";
 * import { TestCa } from "@idstack/spiffe/testing";
 * const ca = new TestCa("homelab.internal");
 * const source = staticX509Source({ svid: ca.svid("/web"), bundles: [ca.bundle] });
 * console.log(`${source.getX509Context().svid.id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function staticX509Source({ svid, bundles }: StaticX509Material): X509ContextSource & X509BundleSource {
  if (!svid.certificates[0].checkPrivateKey(svid.privateKey)) {
    throw new TypeError(`the private key does not belong to the certificate of ${svid.id}`);
  }
  const set = new X509BundleSet(bundles);
  const context = Object.freeze({ svid, svids: [svid], bundles: set });
  return { getX509Context: () => context, getX509Bundle: (trustDomain) => set.get(trustDomain) };
}
