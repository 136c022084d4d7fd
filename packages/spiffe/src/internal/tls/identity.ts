import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { SpiffeError } from "../../errors.ts";
import type { X509Svid } from "../../svid/x509-svid.ts";
import type { WebCertificate } from "../../tls/options.ts";
import type { Trust } from "./trust.ts";

/** Shown by a client that shows nothing. */
export const NO_IDENTITY = Object.freeze({});

/** What one side shows. The same object stands for the same certificate: contexts are kept by it. */
export type OwnIdentity = X509Svid | WebCertificate | typeof NO_IDENTITY;

/** The identity of `present: {cert, key}`; a function may hand out a new object every time, equal content is the same. */
export function webIdentity(present: WebCertificate | (() => WebCertificate)): () => WebCertificate {
  if (typeof present !== "function") return () => present;
  let last: WebCertificate | undefined;
  return () => {
    try {
      const { cert, key } = present();
      if (last === undefined || String(last.cert) !== String(cert) || String(last.key) !== String(key))
        last = { cert, key };
      return last;
    } catch (error) {
      const reason = `the function that returns the web certificate failed: ${(error as Error)?.message ?? error}`;
      throw new SpiffeError("no-svid", reason, { cause: error });
    }
  };
}

/**
 * TLS settings for one side. `ca` is empty on purpose where the peer is SPIFFE's: one list for everybody would merge
 * trust domains, so OpenSSL verifies nothing and `judge` does. Tickets and renegotiation would bring in peers that nobody
 * judged.
 */
export function identityOptions(own: OwnIdentity, trust: Trust): SecureContextOptions {
  const { minVersion, peer, ca, clientSessions, serverSessions } = trust;
  const resumption = (clientSessions ?? serverSessions) !== undefined;
  return {
    ...(peer === "web" ? ca !== undefined && { ca: [ca].flat() as (string | Buffer)[] } : { ca: [] }),
    ...keyPair(own),
    minVersion,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (resumption ? 0 : constants.SSL_OP_NO_TICKET),
  };
}

function keyPair(own: OwnIdentity): SecureContextOptions {
  if ("privateKey" in own) {
    return {
      cert: own.certificates.map((certificate) => certificate.toString()).join(""),
      key: own.privateKey.export({ type: "pkcs8", format: "pem" }),
    };
  }
  return "cert" in own ? { cert: own.cert, key: own.key } : {};
}

/** Whose identity it is, for messages. */
export function nameOf(own: OwnIdentity): string {
  return "id" in own ? `the SVID of ${own.id}` : "the web certificate";
}

const contexts = new WeakMap<OwnIdentity, Map<string, SecureContext>>();

/** One context per SVID and set of TLS parameters: building it costs as much as a handshake. */
export function clientContext(own: OwnIdentity, trust: Trust, extra: SecureContextOptions): SecureContext {
  const { minVersion, peer, ca, clientSessions } = trust;
  const key = JSON.stringify([minVersion, peer, ca && [ca].flat().map(String), clientSessions === undefined, extra]);
  const known = contexts.get(own) ?? new Map<string, SecureContext>();
  contexts.set(own, known);
  let context = known.get(key);
  if (context === undefined) {
    context = createSecureContext({ maxVersion: "TLSv1.3", ...extra, ...identityOptions(own, trust) });
    known.set(key, context);
  }
  return context;
}
