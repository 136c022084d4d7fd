import type { SecureVersion } from "node:tls";
import type { X509BundleSource } from "../bundle/x509-bundle.ts";
import type { Clock } from "../clock.ts";
import type { SpiffeError, SpiffeErrorCode } from "../errors.ts";
import type { Authorize } from "../id/authorize.ts";
import type { MetricsRecorder } from "../metrics/recorder.ts";
import type { X509ContextSource } from "../svid/x509-svid.ts";

/** A peer that was turned away. */
export interface Refusal {
  /** Which side this process was. */
  readonly side: "client" | "server";
  readonly code: SpiffeErrorCode;
  /** One sentence: certificate subject or ID, the rule and its section. */
  readonly reason: string;
  /** The SPIFFE ID in the peer's certificate; proven only where `code` is `unauthorized`. */
  readonly peerId?: string;
  readonly remoteAddress?: string;
  readonly error: SpiffeError;
}

/** What connections have in common, whoever shows what to whom. */
export interface ConnectionPolicy {
  /**
   * Told about every peer this side turned away. Must not throw. A handshake that fails before there is a peer to judge
   * (no common TLS version, plain HTTP, a time-out) is a `tlsClientError` of the server, an error of the client.
   */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
  /** Default `TLSv1.3`. */
  readonly minVersion?: Extract<SecureVersion, "TLSv1.2" | "TLSv1.3"> | undefined;
  /**
   * Milliseconds after which a connection is ended, gracefully where the protocol can, so that long-lived peers have to
   * be verified again. Default: no limit.
   */
  readonly maxConnectionAgeMs?: number | undefined;
  /** Share of the age that is taken off at random, so that connections do not all end at once. Default 0.1. */
  readonly maxConnectionAgeJitter?: number | undefined;
  /**
   * Resumes TLS sessions. Default false. The chain that was verified is kept with the session and verified again, against
   * the bundles and the authorizer of that moment; a session without one is refused (`session-reused`).
   */
  readonly resumption?: boolean | undefined;
  /** Told about every peer that was judged. The same goes to the diagnostics channel `idstack:spiffe:handshake`. */
  readonly metrics?: MetricsRecorder | undefined;
  readonly clock?: Clock | undefined;
}

/** SPIFFE on both sides: this one shows its SVID, the other one has to show one that is authorized. */
export interface SpiffeOptions extends ConnectionPolicy {
  /** Own SVID and bundles, asked at every handshake: an `X509Source`, or any object with `getX509Context()`. */
  readonly source: X509ContextSource;
  /** Which verified peers are admitted. Required: there is no default. */
  readonly authorize: Authorize;
  readonly present?: "svid" | undefined;
  readonly peer?: "spiffe" | undefined;
}

/** A client without an SVID of its own that verifies a SPIFFE server; bundles are all it needs. */
export interface AnonymousClientOptions extends ConnectionPolicy {
  /** A `BundleSource`, an `X509Source`, an `X509BundleSet`, or any object with `getX509Bundle()` or `getX509Context()`. */
  readonly source: X509BundleSource | X509ContextSource;
  readonly authorize: Authorize;
  readonly present: "none";
  readonly peer?: "spiffe" | undefined;
}

/** A client that shows its SVID to a server of the Web PKI, which is verified by host name and public CAs. */
export interface WebPeerClientOptions extends Omit<ConnectionPolicy, "resumption"> {
  readonly source: X509ContextSource;
  readonly present?: "svid" | undefined;
  readonly peer: "web";
  /** CA certificates (PEM) to trust instead of those that Node trusts. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
  readonly authorize?: never;
  readonly resumption?: never;
}

/** A server that shows its SVID to everybody and asks nobody for a certificate. */
export interface AnyPeerServerOptions extends Omit<ConnectionPolicy, "resumption"> {
  readonly source: X509ContextSource;
  readonly present?: "svid" | undefined;
  readonly peer: "none";
  readonly authorize?: never;
  readonly resumption?: never;
}

/** A certificate that browsers and the like can verify. */
export interface WebCertificate {
  /** PEM: leaf first, then intermediates. */
  readonly cert: string | Buffer;
  /** PEM. */
  readonly key: string | Buffer;
}

/** A server that shows a web certificate and demands SVIDs of its clients. */
export interface WebCertificateServerOptions extends ConnectionPolicy {
  /** Bundles are all it needs: a `BundleSource`, an `X509Source`, an `X509BundleSet`. */
  readonly source: X509BundleSource | X509ContextSource;
  readonly authorize: Authorize;
  /** The certificate, or a function that is asked at every handshake: what it returns anew is served from then on. */
  readonly present: WebCertificate | (() => WebCertificate);
  readonly peer?: "spiffe" | undefined;
}

/** Who shows what on the side of a client. Without `present` and `peer`: SPIFFE on both sides. */
export type SpiffeClientOptions = SpiffeOptions | AnonymousClientOptions | WebPeerClientOptions;

/** Who shows what on the side of a server. Without `present` and `peer`: SPIFFE on both sides. */
export type SpiffePeerServerOptions = SpiffeOptions | WebCertificateServerOptions;

/** TLS options that this package sets itself: identity, trust, and everything that would resume a session unverified. */
export type ManagedTlsOption =
  | "ca"
  | "cert"
  | "checkServerIdentity"
  | "crl"
  | "key"
  | "maxCachedSessions"
  | "minVersion"
  | "passphrase"
  | "pfx"
  | "pskCallback"
  | "rejectUnauthorized"
  | "requestCert"
  | "secureContext"
  | "secureOptions"
  | "secureProtocol"
  | "session"
  | "SNICallback"
  | "ticketKeys";
