import { X509Certificate } from "node:crypto";
import type { X509BundleSource } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";
import { readOnly } from "../internal/der/reader.ts";
import { checkCertificate } from "../internal/x509/certificate-rules.ts";
import { fieldsOf } from "../internal/x509/fields.ts";
import { checkLeafConstraints, leafId } from "../internal/x509/leaf-rules.ts";
import { type VerificationLimits, verificationLimits } from "../internal/x509/limits.ts";
import { checkPath } from "../internal/x509/path.ts";
import { violation } from "../internal/x509/violation.ts";

export type { VerificationLimits };

/** Options of {@link verifyX509Svid}. */
export interface VerifyX509SvidOptions {
  /** Milliseconds since the epoch; default: the system clock. */
  readonly now?: number;
  /** How much of a hostile chain is looked at. */
  readonly limits?: VerificationLimits;
}

/** A peer whose chain was verified. */
export interface VerifiedX509Svid {
  readonly id: SpiffeId;
  /** As presented, leaf first. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
}

/**
 * Verifies a presented X.509-SVID (X509-SVID §5): the leaf rules of SPIFFE, then RFC 5280 path validation against the
 * bundle of the trust domain *that the leaf names*, and no other.
 *
 * The validity and constraints of an authority count as those of any other certificate of the path, which RFC 5280 §6.2
 * allows and go-spiffe does too: an expired CA vouches for nobody. Revocation lists are not consulted.
 *
 * @param chain Certificates or DER, leaf first.
 * @throws {@link SpiffeError} with one code per rule (`VerificationErrorCode`); `section` names the document.
 *
 * @example
 * ```ts
 * import { verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
 * import { TestCa } from "@idstack/spiffe/testing";
 * const ca = new TestCa("homelab.internal");
 * const { id } = verifyX509Svid(ca.svid("/web").certificates, new X509BundleSet([ca.bundle]));
 * console.log(`${id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function verifyX509Svid(
  chain: readonly (X509Certificate | Uint8Array)[],
  bundles: X509BundleSource,
  options: VerifyX509SvidOptions = {},
): VerifiedX509Svid {
  const limits = verificationLimits(options.limits);
  if (chain.length > limits.chainLength) {
    const reason = `a chain of ${chain.length} certificates, at most ${limits.chainLength} are read (hardening)`;
    throw new SpiffeError("chain-too-long", reason, { section: "hardening" });
  }
  const [leaf, ...intermediates] = chain.map(toCertificate);
  if (leaf === undefined) {
    throw new SpiffeError("no-certificate", "the peer presented no certificate (X509-SVID §5)", {
      section: "X509-SVID §5",
    });
  }
  const { now = Date.now() } = options;
  const fields = fieldsOf(leaf);
  const id = leafId(leaf, fields, limits.idBytes);
  checkLeafConstraints(leaf, fields, id);
  const bundle = bundles.getX509Bundle(id.trustDomain);
  if (bundle === undefined) {
    const rule = `there is no bundle for ${id.trustDomain.idString}`;
    throw violation("no-bundle", leaf, rule, "SPIFFE_Workload_API §4.6", id);
  }
  checkCertificate(leaf, fields, { now, id, uriSans: limits.uriSans });
  checkPath({ leaf, intermediates, authorities: bundle.authorities, now, id, limits });
  return { id, certificates: [leaf, ...intermediates] };
}

function toCertificate(input: X509Certificate | Uint8Array): X509Certificate {
  try {
    // Node would read PEM as well, and overlook bytes after a certificate.
    const certificate = input instanceof X509Certificate ? input : new X509Certificate(readOnly(input).bytes);
    fieldsOf(certificate);
    return certificate;
  } catch (error) {
    throw new SpiffeError("certificate-malformed", "the peer presented bytes that are no certificate (RFC 5280 §4.1)", {
      section: "RFC 5280 §4.1",
      cause: error,
    });
  }
}
