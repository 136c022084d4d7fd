import { X509Certificate } from "node:crypto";
import { readElements } from "../der/reader.ts";
import { fieldsOf } from "./fields.ts";

/**
 * Splits concatenated DER certificates, the form in which the Workload API carries chains and bundles.
 *
 * @throws Error if any of them does not parse: half a bundle would be a different bundle.
 */
export function parseCertificates(bytes: Uint8Array): X509Certificate[] {
  return readElements(bytes).map((element) => {
    const certificate = new X509Certificate(element.bytes);
    fieldsOf(certificate);
    return certificate;
  });
}
