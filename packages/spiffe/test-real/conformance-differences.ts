interface Difference {
  /** What go-spiffe does; we do the opposite. */
  readonly goSpiffe: "accepted" | "refused";
  /** Where it says so, or the limit that we have and it has not. */
  readonly section: string;
}

const accepts = (section: string): Difference => ({ goSpiffe: "accepted", section });
const refuses = (section: string): Difference => ({ goSpiffe: "refused", section });

/** Where go-spiffe judges a chain of the conformance table otherwise, and the section that we follow. */
export const differences: Readonly<Record<string, Difference>> = {
  // Its verification of peers leaves out rules that it applies to its own SVIDs.
  "leaf: no-path": accepts("X509-SVID §3.1"),
  "leaf: no-key-usage": accepts("X509-SVID §4.3"),
  "leaf: key-usage-not-critical": accepts("X509-SVID §4.3"),
  "leaf: no-digital-signature": accepts("X509-SVID §4.3"),
  "leaf: server-auth-only": accepts("X509-SVID §4.4"),
  "leaf: client-auth-only": accepts("X509-SVID §4.4"),
  "leaf: san-not-critical": accepts("RFC 5280 §4.1.2.6"),
  "leaf: long-id": accepts("SPIFFE-ID §2.3"),
  "intermediate: other-trust-domain": accepts("X509-SVID §3.2"),
  "intermediate: path-in-id": accepts("X509-SVID §3.2"),
  "authority: other-trust-domain": accepts("X509-SVID §3.2"),
  "authority: path-in-id": accepts("X509-SVID §3.2"),
  "the bundle of another trust domain under this name": accepts("X509-SVID §3.2"),
  // crypto/x509 takes a version 1 root for a CA.
  "authority: version-1": accepts("X509-SVID §4.1"),
  // In constraints on URIs it lets a host stand for its subdomains.
  "a host is permitted, not its subdomains": accepts("RFC 5280 §4.2.1.10"),
  // Go draws the line at 1024 bits.
  "leaf: rsa-1024-key": accepts("RFC 9325 §4.5"),
  "intermediate: rsa-1024-key": accepts("RFC 9325 §4.5"),
  "authority: rsa-1024-key": accepts("RFC 9325 §4.5"),
  // It counts self-issued certificates.
  "a path length that suffices": refuses("RFC 5280 §4.2.1.9"),
  // It reads what an authority says about its own signature.
  "authority: signature-algorithm-mismatch": refuses("RFC 5280 §6.1.1"),
  "seventeen certificates": accepts("limit: chainLength"),
  "intermediate: many-uri-sans": accepts("limit: uriSans"),
  "authority: many-uri-sans": accepts("limit: uriSans"),
};
