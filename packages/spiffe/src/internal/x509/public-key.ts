import type { KeyObject, X509Certificate } from "node:crypto";

const keys = new WeakMap<X509Certificate, KeyObject>();

/** The key of a certificate, undefined for one that OpenSSL does not read, such as a point beside its curve. */
export function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  const known = keys.get(certificate);
  if (known !== undefined) return known;
  try {
    const key = certificate.publicKey;
    keys.set(certificate, key);
    return key;
  } catch {
    return undefined;
  }
}
