import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { X509Svid } from "../../svid/x509-svid.ts";
import type { Trust } from "./trust.ts";

/**
 * TLS settings for presenting an SVID. `ca` is empty on purpose: one list for everybody would merge trust domains, so
 * OpenSSL verifies nothing and `judge` does. Tickets, resumption and renegotiation would bring in peers that nobody judged.
 */
export function identityOptions(svid: X509Svid, minVersion: Trust["minVersion"]): SecureContextOptions {
  return {
    ca: [],
    cert: svid.certificates.map((certificate) => certificate.toString()).join(""),
    key: svid.privateKey.export({ type: "pkcs8", format: "pem" }),
    minVersion,
    maxVersion: "TLSv1.3",
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}

const contexts = new WeakMap<X509Svid, Map<string, SecureContext>>();

/** One context per SVID and set of TLS parameters: building it costs as much as a handshake. */
export function clientContext(
  svid: X509Svid,
  minVersion: Trust["minVersion"],
  extra: SecureContextOptions,
): SecureContext {
  const key = JSON.stringify([minVersion, extra]);
  const known = contexts.get(svid) ?? new Map<string, SecureContext>();
  contexts.set(svid, known);
  let context = known.get(key);
  if (context === undefined) {
    context = createSecureContext({ ...extra, ...identityOptions(svid, minVersion) });
    known.set(key, context);
  }
  return context;
}
