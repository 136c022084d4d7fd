import type { X509Certificate } from "node:crypto";
import type { SpiffeError } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import { checkCertificate, checkSignatureAlgorithm } from "./certificate-rules.ts";
import { type CertificateFields, fieldsOf } from "./fields.ts";
import { checkIssuer, type Link } from "./issuer-rules.ts";
import { publicKeyOf } from "./public-key.ts";
import { violation } from "./violation.ts";

/** What a path is built from. */
export interface PathInput {
  readonly leaf: X509Certificate;
  /** Everything the peer sent after its leaf, in any order. */
  readonly intermediates: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly now: number;
  readonly id: SpiffeId;
  readonly limits: { readonly signatures: number; readonly uriSans: number };
}

/**
 * Finds a path from the leaf to an authority (RFC 5280 §6.1) or throws what stopped the most promising one.
 *
 * @throws SpiffeError
 */
export function checkPath(input: PathInput): void {
  const search: Search = {
    ...input,
    intermediates: input.intermediates.map(linkOf),
    authorities: input.authorities.filter(isReadable).map(linkOf),
    signatures: 0,
    faultOfIssuer: undefined,
    fault: undefined,
  };
  const leaf = linkOf(input.leaf);
  if (reachesAuthority(search, leaf, [leaf])) return;
  const rule = `its chain does not lead to a CA in the bundle of ${input.id.trustDomain.idString}`;
  throw (
    search.faultOfIssuer ?? search.fault ?? violation("untrusted-chain", input.leaf, rule, "X509-SVID §5.1", input.id)
  );
}

interface Search extends Omit<PathInput, "intermediates" | "authorities"> {
  readonly intermediates: readonly Link[];
  readonly authorities: readonly Link[];
  signatures: number;
  /** First rule broken by a certificate that did sign the one below. */
  faultOfIssuer: SpiffeError | undefined;
  /** First rule broken by a certificate that would otherwise have been the next link. */
  fault: SpiffeError | undefined;
}

/** @param below The leaf first; the last one is the child whose issuer is looked for. */
function reachesAuthority(search: Search, child: Link, below: readonly Link[]): boolean {
  for (const authority of candidates(child, search.authorities)) {
    if (isIssuer(search, child, authority, below)) return true;
  }
  for (const intermediate of candidates(child, search.intermediates)) {
    // The same CA twice is a detour or a loop, also where cross-signing gave it two certificates.
    if (below.some((link) => isSameEntity(link.fields, intermediate.fields))) continue;
    if (!isIssuer(search, child, intermediate, below)) continue;
    if (reachesAuthority(search, intermediate, [...below, intermediate])) return true;
  }
  return false;
}

/**
 * Certificates with the issuer's name, those first whose key identifier fits: a bundle may hold many CAs of one name,
 * and every signature counts.
 */
function candidates(child: Link, links: readonly Link[]): readonly Link[] {
  const named = links.filter((candidate) => child.fields.issuer.equals(candidate.fields.subject));
  if (named.length < 2) return named;
  const fits = named.filter((candidate) => isPossibleIssuer(child, candidate));
  return [...fits, ...named.filter((candidate) => !fits.includes(candidate))];
}

function isIssuer(search: Search, child: Link, issuer: Link, below: readonly Link[]): boolean {
  const { id, limits } = search;
  // Thrown, not kept: nobody may make the search go on.
  if (search.signatures >= limits.signatures) {
    const rule = `more than ${limits.signatures} signatures would have to be checked`;
    throw violation("too-many-signatures", child.certificate, rule, "hardening", id);
  }
  search.signatures += 1;
  let signed = false;
  try {
    checkSignatureAlgorithm(child.certificate, child.fields, id);
    if (!isSignedBy(child.certificate, issuer.certificate)) {
      const rule = "its signature was not made by its issuer's key";
      throw violation("bad-signature", child.certificate, rule, "RFC 5280 §6.1.3", id);
    }
    signed = true;
    checkCertificate(issuer.certificate, issuer.fields, { now: search.now, id, uriSans: limits.uriSans });
    checkIssuer(issuer, below, id);
    return true;
  } catch (error) {
    // A CA of the same name but another key is not the issuer: nothing is wrong with it.
    if (signed) search.faultOfIssuer ??= error as SpiffeError;
    else if (isPossibleIssuer(child, issuer)) search.fault ??= error as SpiffeError;
    return false;
  }
}

function linkOf(certificate: X509Certificate): Link {
  return { certificate, fields: fieldsOf(certificate) };
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
function isPossibleIssuer(child: Link, issuer: Link): boolean {
  const { authorityKeyId } = child.fields;
  const { subjectKeyId } = issuer.fields;
  return authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId;
}

function isSameEntity(one: CertificateFields, other: CertificateFields): boolean {
  return one.subject.equals(other.subject) && one.publicKeyInfo.equals(other.publicKeyInfo);
}

/** False also for keys and signatures of a kind that OpenSSL does not know: those throw. */
function isSignedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  const key = publicKeyOf(issuer);
  try {
    return key !== undefined && child.verify(key);
  } catch {
    return false;
  }
}
