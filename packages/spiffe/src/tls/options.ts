import type { SecureVersion } from "node:tls";
import type { Clock } from "../clock.ts";
import type { SpiffeError, SpiffeErrorCode } from "../errors.ts";
import type { Authorize } from "../id/authorize.ts";
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

/** What every SPIFFE connection needs, on either side. */
export interface SpiffeOptions {
  /** Own SVID and bundles, asked at every handshake: an `X509Source`, or any object with `getX509Context()`. */
  readonly source: X509ContextSource;
  /** Which verified peers are admitted. Required: there is no default. */
  readonly authorize: Authorize;
  /**
   * Told about every peer this side turned away. Must not throw. A handshake that fails before there is a peer to judge
   * (no common TLS version, plain HTTP, a time-out) is a `tlsClientError` of the server, an error of the client.
   */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
  /** Default `TLSv1.3`. */
  readonly minVersion?: Extract<SecureVersion, "TLSv1.2" | "TLSv1.3"> | undefined;
  readonly clock?: Clock | undefined;
}

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
