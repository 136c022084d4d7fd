import type { X509Certificate } from "node:crypto";
import type { SpiffeError } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import { type CertificateFields, fieldsOf, KEY_USAGE } from "./fields.ts";
import { checkValidity, violation } from "./leaf-rules.ts";

/** Signature checks one chain may cost: crossed or looping intermediates must not keep the process busy. */
const MAX_SIGNATURES = 64;

/** What a path is built from. */
export interface PathInput {
  readonly leaf: X509Certificate;
  /** Everything the peer sent after its leaf, in any order. */
  readonly intermediates: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly now: number;
  readonly id: SpiffeId;
}

/**
 * Finds a path from the leaf to an authority (RFC 5280 §6.1) or throws what stopped the most promising one.
 *
 * @throws SpiffeError
 */
export function checkPath(input: PathInput): void {
  const authorities = input.authorities.filter(isReadable);
  const search: Search = { ...input, authorities, signatures: 0, fault: undefined };
  if (reachesAuthority(search, input.leaf, 0, new Set())) return;
  throw (
    search.fault ??
    violation(
      "untrusted-chain",
      input.leaf,
      `its chain does not lead to a CA in the bundle of ${input.id.trustDomain.idString}`,
      "X509-SVID §5.1",
      input.id,
    )
  );
}

interface Search extends PathInput {
  signatures: number;
  /** First rule broken by a certificate that would otherwise have been the next link. */
  fault: SpiffeError | undefined;
}

/** `depth`: intermediates between the leaf and the issuer that is looked for. */
function reachesAuthority(
  search: Search,
  child: X509Certificate,
  depth: number,
  used: ReadonlySet<X509Certificate>,
): boolean {
  for (const authority of candidates(child, search.authorities)) {
    if (isIssuer(search, child, authority, depth)) return true;
  }
  for (const intermediate of candidates(child, search.intermediates)) {
    if (used.has(intermediate)) continue;
    if (!isIssuer(search, child, intermediate, depth)) continue;
    const next = new Set(used).add(intermediate);
    if (reachesAuthority(search, intermediate, isSelfIssued(intermediate) ? depth : depth + 1, next)) return true;
  }
  return false;
}

/**
 * Certificates with the issuer's name, those first whose key identifier fits: a bundle may hold many CAs of one name,
 * and every signature counts.
 */
function candidates(child: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  const issuer = Buffer.from(fieldsOf(child).issuer);
  const named = certificates.filter((candidate) => issuer.equals(fieldsOf(candidate).subject));
  const fits = named.filter((candidate) => isPossibleIssuer(child, candidate));
  return [...fits, ...named.filter((candidate) => !fits.includes(candidate))];
}

function isIssuer(search: Search, child: X509Certificate, issuer: X509Certificate, depth: number): boolean {
  try {
    checkIssuer(search, child, issuer, fieldsOf(issuer), depth);
    return true;
  } catch (error) {
    // A CA of the same name but another key is not the issuer: nothing is wrong with it.
    if (isPossibleIssuer(child, issuer)) search.fault ??= error as SpiffeError;
    return false;
  }
}

function checkIssuer(
  search: Search,
  child: X509Certificate,
  issuer: X509Certificate,
  fields: CertificateFields,
  depth: number,
): void {
  const { id, now } = search;
  const { basicConstraints, keyUsage } = fields;
  if (search.signatures >= MAX_SIGNATURES) {
    throw violation("chain-too-long", child, `more than ${MAX_SIGNATURES} signatures to check`, "hardening", id);
  }
  search.signatures += 1;
  if (!isSignedBy(child, issuer)) {
    throw violation("bad-signature", child, "its signature was not made by its issuer's key", "RFC 5280 §6.1.3", id);
  }
  if (basicConstraints?.ca !== true) {
    throw violation("issuer-not-ca", issuer, "it signed a certificate but is no CA", "X509-SVID §4.1", id);
  }
  if (keyUsage !== undefined && !keyUsage.bits.has(KEY_USAGE.keyCertSign)) {
    throw violation(
      "issuer-cert-sign",
      issuer,
      "it signed a certificate without key usage keyCertSign",
      "X509-SVID §4.3",
      id,
    );
  }
  if (basicConstraints.pathLength !== undefined && depth > basicConstraints.pathLength) {
    throw violation(
      "path-length",
      issuer,
      "more intermediates follow than its path length allows",
      "RFC 5280 §4.2.1.9",
      id,
    );
  }
  checkValidity(issuer, fields, now, id);
}

/** A bundle may come from the caller: an authority that does not parse signs for nobody. */
function isReadable(authority: X509Certificate): boolean {
  try {
    fieldsOf(authority);
    return true;
  } catch {
    return false;
  }
}

/** False if the key identifiers say that another key signed. */
function isPossibleIssuer(child: X509Certificate, issuer: X509Certificate): boolean {
  const { authorityKeyId } = fieldsOf(child);
  const { subjectKeyId } = fieldsOf(issuer);
  return authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId;
}

function isSelfIssued(certificate: X509Certificate): boolean {
  const { issuer, subject } = fieldsOf(certificate);
  return Buffer.from(issuer).equals(subject);
}

/** False also for keys and signatures of a kind that OpenSSL does not know: those throw. */
function isSignedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
