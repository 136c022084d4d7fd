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
  "a path in the ID of a CA further up": accepts("X509-SVID §3.2"),
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

/** Codes of ours for rules that go-spiffe does not have, with the section that has them. */
export const codesBeyondGo: Readonly<Record<string, string>> = {
  // Node reads certificates with OpenSSL, and our reader takes DER only; Go overlooks what it does not need.
  "certificate-malformed": "RFC 5280 §4.1",
  "bundle-rejected": "RFC 5280 §4.1",
  "certificate-version": "RFC 5280 §4.1.2.1",
  "digital-signature-missing": "X509-SVID §4.3",
  "extended-key-usage": "X509-SVID §4.4",
  "issuer-spiffe-id": "X509-SVID §3.2",
  "key-usage-missing": "X509-SVID §4.3",
  "key-usage-not-critical": "X509-SVID §4.3",
  // A constraint on URIs is a host in the standard, a domain in Go; it overlooks kinds of names that it does not know.
  "name-constraints": "RFC 5280 §4.2.1.10",
  "name-constraints-unsupported": "RFC 5280 §4.2.1.10",
  "root-path": "X509-SVID §3.1",
  "san-not-critical": "RFC 5280 §4.1.2.6",
  // Of a leaf Go only reads a key that it knows.
  "unsupported-algorithm": "RFC 5280 §4.1.2.7",
  // Go turns the scheme into lower case.
  "uri-san-not-spiffe": "SPIFFE-ID §2",
};

/** What go-spiffe refuses and we accept, with the section that does. */
export const goBeyondUs: readonly { readonly error: RegExp; readonly section: string }[] = [
  { error: /negative serial number/, section: "RFC 5280 §4.1.2.2" },
  // The signature of an authority is not looked at.
  { error: /^bundle: x509: inner and outer signature algorithm/, section: "RFC 5280 §6.1.1" },
  // A name may hold values of any type; it is compared, not shown.
  { error: /invalid RDNSequence: invalid attribute value/, section: "RFC 5280 §4.1.2.4" },
  // Arcs of OIDs have no upper limit, in Go they have 31 bits.
  { error: /malformed extension OID field/, section: "X.690 §8.19" },
  { error: /invalid RDNSequence: invalid attribute type/, section: "X.690 §8.19" },
  // What is not critical and not processed is not read.
  { error: /invalid policy mappings extension/, section: "RFC 5280 §4.2" },
  // Of a CA only SPIFFE IDs matter, below constraints every URI does.
  { error: /x509: cannot parse URI "(?!spiffe:)/, section: "X509-SVID §3.2" },
  // Constraints on names of a kind that does not occur below.
  { error: /unhandled critical extension/, section: "RFC 5280 §4.2.1.10" },
];
