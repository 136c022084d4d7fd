import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { type X509Bundle, X509BundleSet } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { clip, TrustDomain } from "../id/trust-domain.ts";
import type { Decoded, X509SvidEntry, x509SvidResponse } from "../internal/workload-api/methods.ts";
import { AuthorityBudget } from "../internal/x509/authority-budget.ts";
import { parseCertificates, TooManyCertificates } from "../internal/x509/der-certificates.ts";
import { subjectOf } from "../internal/x509/leaf-rules.ts";
import { verifyX509Svid } from "../svid/verify-x509-svid.ts";
import type { X509Svid } from "../svid/x509-svid.ts";
import type { Limits } from "./limits.ts";

type X509SvidMessage = Decoded<typeof x509SvidResponse>;

/** What one message of the agent says: the full state, not a change (SPIFFE_Workload_API §4.3). */
export interface X509Update {
  /** At least one. */
  readonly svids: readonly [X509Svid, ...X509Svid[]];
  readonly bundles: X509BundleSet;
}

/**
 * Reads a `FetchX509SVID` message. An SVID that breaks the rules is reported and left out, the others stay usable; so
 * is a federated bundle that does not parse.
 *
 * @throws SpiffeError `malformed-response`: the whole message has to be discarded (SPIFFE_Workload_API §4.5).
 */
export function readX509Response(
  message: X509SvidMessage,
  now: number,
  report: (error: SpiffeError) => void,
  limits: Limits,
): X509Update {
  checkMandatoryFields(message, limits);
  const bundles: X509Bundle[] = [];
  const svids: X509Svid[] = [];
  const hints = new Set<string>();
  const budget = new AuthorityBudget(limits.maxAuthorities);
  for (const entry of message.svids) {
    // With a duplicate hint the first entry wins (§5.2.1).
    if (entry.hint !== "" && hints.has(entry.hint)) continue;
    try {
      const { svid, bundle } = readSvid(entry, now, limits, budget);
      svids.push(svid);
      bundles.push(bundle);
      if (entry.hint !== "") hints.add(entry.hint);
    } catch (error) {
      const reason = (error as Error).message;
      const details = { spiffeId: clip(entry.spiffeId), cause: error };
      report(new SpiffeError("svid-rejected", `the agent pushed an unusable SVID, it is ignored: ${reason}`, details));
    }
  }
  const [first, ...rest] = svids;
  if (first === undefined) throw malformed("none of its SVIDs is usable");
  // Own bundles come first: a federated entry cannot replace them.
  return {
    svids: [first, ...rest],
    bundles: new X509BundleSet([...bundles, ...readBundles(message.federatedBundles, report, limits, budget)]),
  };
}

/**
 * Reads a map of trust domain ID to concatenated DER certificates; an entry that does not parse is reported and left out.
 *
 * @throws SpiffeError `malformed-response` if there are too many.
 */
export function readBundles(
  entries: Readonly<Record<string, Uint8Array>>,
  report: (error: SpiffeError) => void,
  limits: Limits,
  budget: AuthorityBudget = new AuthorityBudget(limits.maxAuthorities),
): X509Bundle[] {
  checkBundleCount(entries, limits);
  return Object.entries(entries).flatMap(([name, bytes]) => {
    try {
      const trustDomain = bundleDomain(name);
      return [{ trustDomain, authorities: bundleAuthorities(name, bytes, limits, budget) }];
    } catch (error) {
      report(error as SpiffeError);
      return [];
    }
  });
}

/**
 * The trust domain that a key of a map of bundles names.
 *
 * @throws SpiffeError `bundle-rejected`
 */
export function bundleDomain(name: string): TrustDomain {
  try {
    return TrustDomain.parse(name);
  } catch (cause) {
    throw bundleRejected(name, cause);
  }
}

/** @throws SpiffeError `malformed-response` */
export function checkBundleCount(entries: object, limits: Limits): void {
  try {
    limits.checkBundleCount(Object.keys(entries).length);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

function bundleAuthorities(
  name: string,
  bytes: Uint8Array,
  limits: Limits,
  budget: AuthorityBudget,
): readonly X509Certificate[] {
  try {
    limits.checkBundleSize(bytes.length);
    return budget.read(bytes);
  } catch (cause) {
    throw bundleRejected(name, cause);
  }
}

/** The error for a bundle that is left out. */
export function bundleRejected(name: string, cause: unknown): SpiffeError {
  const reason = (cause as Error).message;
  const message = `the bundle of ${JSON.stringify(clip(name))} does not parse, this trust domain is not trusted: ${reason}`;
  return new SpiffeError("bundle-rejected", message, { cause });
}

/** The error for a message that has to be discarded. */
export function malformed(reason: string): SpiffeError {
  return new SpiffeError(
    "malformed-response",
    `the agent's message is discarded: ${reason} (SPIFFE_Workload_API §4.5)`,
    {
      section: "SPIFFE_Workload_API §4.5",
    },
  );
}

function checkMandatoryFields({ svids }: X509SvidMessage, { maxSvids }: Limits): void {
  if (svids.length === 0) throw malformed("the mandatory field svids is empty");
  if (svids.length > maxSvids) throw malformed(`more than ${maxSvids} SVIDs`);
  for (const svid of svids) {
    if (svid.spiffeId === "") throw malformed("the mandatory field spiffe_id is empty");
    if (svid.x509Svid.length === 0) throw malformed("the mandatory field x509_svid is empty");
    if (svid.x509SvidKey.length === 0) throw malformed("the mandatory field x509_svid_key is empty");
    if (svid.bundle.length === 0) throw malformed("the mandatory field bundle is empty");
  }
}

function readSvid(
  entry: X509SvidEntry,
  now: number,
  limits: Limits,
  budget: AuthorityBudget,
): { svid: X509Svid; bundle: X509Bundle } {
  limits.checkId(entry.spiffeId);
  const id = SpiffeId.parse(entry.spiffeId);
  limits.checkBundleSize(entry.bundle.length);
  const chain = parseChain(entry.x509Svid, limits.chainLength);
  const bundle = { trustDomain: id.trustDomain, authorities: parseBundle(entry.bundle, budget) };
  const verified = verifyX509Svid(chain, new X509BundleSet([bundle]), { now, limits: limits.verification });
  const [leaf] = verified.certificates;
  if (!verified.id.equals(id)) {
    throw new SpiffeError("id-mismatch", `spiffe_id is ${id}, the certificate says ${verified.id}`, {
      spiffeId: id.toString(),
      subject: subjectOf(leaf),
      section: "SPIFFE_Workload_API §5.1",
    });
  }
  const privateKey = readKey(entry.x509SvidKey);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new SpiffeError("key-mismatch", `the private key does not belong to the certificate of ${id}`, {
      spiffeId: id.toString(),
      subject: subjectOf(leaf),
      section: "SPIFFE_Workload_API §5.1",
    });
  }
  const svid = { id, certificates: verified.certificates, privateKey };
  return { svid: entry.hint === "" ? svid : { ...svid, hint: entry.hint }, bundle };
}

function parseChain(bytes: Uint8Array, most: number): X509Certificate[] {
  try {
    return parseCertificates(bytes, most);
  } catch (cause) {
    if (cause instanceof TooManyCertificates) throw new SpiffeError("chain-too-long", `x509_svid has ${cause.message}`);
    throw noCertificates("x509_svid", cause);
  }
}

function parseBundle(bytes: Uint8Array, budget: AuthorityBudget): readonly X509Certificate[] {
  try {
    return budget.readOwn(bytes);
  } catch (cause) {
    if (cause instanceof TooManyCertificates) throw new SpiffeError("bundle-too-large", `bundle has ${cause.message}`);
    throw noCertificates("bundle", cause);
  }
}

function noCertificates(field: string, cause: unknown): SpiffeError {
  return new SpiffeError("certificate-malformed", `${field} holds bytes that are no DER certificates`, { cause });
}

function readKey(bytes: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" });
  } catch {
    // No cause: what a parser says about a key may quote it.
    throw new SpiffeError("key-mismatch", "x509_svid_key is no PKCS#8 private key");
  }
}
