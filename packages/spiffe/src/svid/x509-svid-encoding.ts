import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import type { X509BundleSource } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import { readPemBlocks } from "../internal/pem.ts";
import { parseCertificates } from "../internal/x509/der-certificates.ts";
import { fieldsOf } from "../internal/x509/fields.ts";
import { checkLeafConstraints, leafId } from "../internal/x509/leaf-rules.ts";
import { verifyX509Svid } from "./verify-x509-svid.ts";
import type { X509Svid } from "./x509-svid.ts";

/** SPIFFE-ID §2.3. */
const MAX_ID_BYTES = 2048;

/** An X.509-SVID as text or bytes. Holds the private key: keep it where keys are kept. */
export interface EncodedX509Svid<T> {
  /** The chain, leaf first. */
  readonly certificates: T;
  /** PKCS#8. */
  readonly privateKey: T;
}

/** Options of {@link parseX509Svid}. */
export interface ParseX509SvidOptions {
  /** Also validates the path and the validity against the bundle of the SVID's trust domain. */
  readonly bundles?: X509BundleSource | undefined;
  /** Milliseconds since the epoch, for `bundles`. Default: the system clock. */
  readonly now?: number | undefined;
}

/**
 * Reads an X.509-SVID from PEM, or from DER as the Workload API sends it. Key and chain may be one PEM text; blocks of other
 * kinds are skipped. The leaf has to keep the rules of X509-SVID §2-§4 and the key has to belong to it.
 *
 * @throws {@link SpiffeError} `certificate-malformed`, `key-mismatch`, a `VerificationErrorCode`. Messages hold nothing of the key.
 *
 * @example
 * ```ts
 * import { marshalX509Svid, parseX509Svid } from "@idstack/spiffe";
 * import { TestCa } from "@idstack/spiffe/testing";
 * const { certificates, privateKey } = marshalX509Svid(new TestCa("homelab.internal").svid("/web"), "pem");
 * console.log(`${parseX509Svid(certificates, privateKey).id}`); // "spiffe://homelab.internal/web"
 * ```
 */
export function parseX509Svid(
  certificates: string | Uint8Array,
  privateKey: string | Uint8Array,
  options: ParseX509SvidOptions = {},
): X509Svid {
  const chain = readChain(certificates);
  const [leaf, ...rest] = chain;
  if (leaf === undefined) throw new SpiffeError("no-certificate", "there is no certificate (X509-SVID §5)");
  const { bundles, now = Date.now() } = options;
  const id = bundles === undefined ? judgeLeaf(leaf) : verifyX509Svid(chain, bundles, { now }).id;
  const key = readPrivateKey(privateKey);
  if (!leaf.checkPrivateKey(key)) {
    throw new SpiffeError("key-mismatch", `the private key does not belong to the certificate of ${id}`, {
      spiffeId: id.toString(),
    });
  }
  return { id, certificates: [leaf, ...rest], privateKey: key };
}

/** The form in which files (PEM) and the Workload API (DER) carry an X.509-SVID. */
export function marshalX509Svid(svid: X509Svid, format: "pem"): EncodedX509Svid<string>;
export function marshalX509Svid(svid: X509Svid, format?: "der"): EncodedX509Svid<Buffer>;
export function marshalX509Svid(
  { certificates, privateKey }: X509Svid,
  format: "pem" | "der" = "der",
): EncodedX509Svid<string> | EncodedX509Svid<Buffer> {
  return format === "pem"
    ? { certificates: certificates.join(""), privateKey: String(privateKey.export({ type: "pkcs8", format: "pem" })) }
    : {
        certificates: Buffer.concat(certificates.map(({ raw }) => raw)),
        privateKey: privateKey.export({ type: "pkcs8", format: "der" }),
      };
}

function judgeLeaf(leaf: X509Certificate): X509Svid["id"] {
  const fields = fieldsOf(leaf);
  const id = leafId(leaf, fields, MAX_ID_BYTES);
  checkLeafConstraints(leaf, fields, id);
  return id;
}

function readChain(input: string | Uint8Array): X509Certificate[] {
  try {
    if (isDer(input)) return parseCertificates(input);
    const blocks = readPemBlocks(textOf(input)).filter(({ label }) => label === "CERTIFICATE");
    return blocks.flatMap(({ bytes }) => parseCertificates(bytes));
  } catch {
    throw new SpiffeError("certificate-malformed", "the certificate chain is neither PEM nor DER");
  }
}

function readPrivateKey(input: string | Uint8Array): KeyObject {
  try {
    if (isDer(input)) return createPrivateKey({ key: Buffer.from(input), format: "der", type: "pkcs8" });
    const text = textOf(input);
    const block = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/.exec(text)?.[0];
    return createPrivateKey(block ?? "");
  } catch {
    // No cause: what a parser says about a key may quote it.
    throw new SpiffeError("key-mismatch", "the private key cannot be read: neither PEM nor PKCS#8");
  }
}

function isDer(input: string | Uint8Array): input is Uint8Array {
  return typeof input !== "string" && input[0] === 0x30;
}

function textOf(input: string | Uint8Array): string {
  return typeof input === "string" ? input : Buffer.from(input).toString("latin1");
}
