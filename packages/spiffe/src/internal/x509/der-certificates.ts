import { X509Certificate } from "node:crypto";
import { DerError, readElement } from "../der/reader.ts";
import { fieldsOf } from "./fields.ts";

/**
 * Splits concatenated DER certificates, the form in which the Workload API carries chains and bundles.
 *
 * @param most More are not parsed, see {@link TooManyCertificates}.
 * @throws Error if any of them does not parse: half a bundle would be a different bundle.
 */
export function parseCertificates(bytes: Uint8Array, most: number = Number.POSITIVE_INFINITY): X509Certificate[] {
  const certificates: X509Certificate[] = [];
  // One by one: megabytes of something else fail at its first element instead of being taken apart.
  for (let offset = 0; offset < bytes.length; ) {
    if (certificates.length >= most) throw new TooManyCertificates(`more than ${most} certificates`);
    const element = readElement(bytes, offset);
    const certificate = new X509Certificate(element.bytes);
    // OpenSSL reads more than DER, and would hand on other bytes than it was given.
    if (!certificate.raw.equals(element.bytes)) throw new DerError("a certificate is not DER");
    fieldsOf(certificate);
    certificates.push(certificate);
    offset += element.bytes.length;
  }
  return certificates;
}

/** There are more certificates than are read. */
export class TooManyCertificates extends Error {}
