/** Every reason for which `@idstack/spiffe` fails at run time. Caller mistakes are `TypeError`s instead. */
export type SpiffeErrorCode =
  | IdErrorCode
  | WorkloadApiErrorCode
  | SourceErrorCode
  | VerificationErrorCode
  | PeerErrorCode
  | JwtErrorCode
  | WitErrorCode
  | BundleErrorCode
  | FederationErrorCode
  | FileErrorCode
  | DevErrorCode;

/** A text is not a SPIFFE ID or trust domain (SPIFFE-ID §2). */
export type IdErrorCode = "invalid-spiffe-id" | "invalid-trust-domain";

/** The Workload API cannot be reached or refuses (SPIFFE_Workload_Endpoint §4, §6). */
export type WorkloadApiErrorCode =
  /** Neither an address nor `SPIFFE_ENDPOINT_SOCKET` is given. */
  | "no-endpoint-address"
  | "invalid-endpoint-address"
  /** The socket does not exist. */
  | "endpoint-not-found"
  /** The file system does not let this process open the socket. */
  | "endpoint-forbidden"
  /** The socket or port exists, nothing listens. */
  | "endpoint-refused"
  /** The agent knows no identity for this workload: no matching registration entry. */
  | "permission-denied"
  | "unavailable"
  | "invalid-argument"
  | "unimplemented"
  /** Any other gRPC status or a broken connection. */
  | "rpc-failed"
  /** A message lacks a mandatory field or holds bytes that do not parse; it was discarded. */
  | "malformed-response";

/** A source has nothing to hand out. */
export type SourceErrorCode =
  | "start-timeout"
  | "source-closed"
  /** The agent withdrew the identity, or no SVID matches the wanted hint. */
  | "no-svid"
  /** An SVID that the agent pushed breaks the rules; it was ignored. `cause` names the rule. */
  | "svid-rejected"
  /** A federated bundle that the agent pushed does not parse; its trust domain is not trusted. */
  | "bundle-rejected"
  /** The agent withdrew the bundles, or has not delivered any. */
  | "no-bundles"
  /** The agent did not answer a request for a JWT-SVID in time. */
  | "fetch-timeout";

/** A certificate chain is no valid X.509-SVID (X509-SVID §2-§5, RFC 5280 §6). */
export type VerificationErrorCode =
  | "no-certificate"
  | "certificate-malformed"
  | "chain-too-long"
  /** The chain could be joined in so many ways that the search was ended. */
  | "too-many-signatures"
  | "certificate-version"
  | "too-many-uri-sans"
  | "id-too-long"
  | "uri-san-missing"
  | "uri-san-multiple"
  | "uri-san-not-spiffe"
  | "root-path"
  | "san-not-critical"
  | "leaf-is-ca"
  | "key-usage-missing"
  | "key-usage-not-critical"
  | "key-usage-cert-sign"
  | "key-usage-crl-sign"
  | "digital-signature-missing"
  | "extended-key-usage"
  | "critical-extension"
  /** The algorithm that is signed differs from the one that is attached. */
  | "signature-algorithm-mismatch"
  | "weak-signature"
  | "weak-key"
  /** The public key cannot be read, for example a point that is not on its curve. */
  | "key-malformed"
  | "unsupported-algorithm"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "no-bundle"
  | "untrusted-chain"
  | "bad-signature"
  | "issuer-not-ca"
  | "issuer-cert-sign"
  | "path-length"
  /** A CA of the chain carries a SPIFFE ID with a path, or issues for another trust domain than its own. */
  | "issuer-spiffe-id"
  | "name-constraints"
  /** A critical constraint on names of a kind that is not compared. */
  | "name-constraints-unsupported"
  /** Own SVIDs only: the key does not belong to the leaf. */
  | "key-mismatch"
  /** Own SVIDs only: `spiffe_id` of the message differs from the URI SAN. */
  | "id-mismatch";

/** A verified peer is not the one wanted, or the connection cannot be judged. */
export type PeerErrorCode =
  | "unauthorized"
  /** A resumed TLS session carries no chain that could be verified. */
  | "session-reused"
  /** The certificate of a web server (`peer: "web"`) does not verify. `cause` is Node's error. */
  | "web-pki"
  | "handshake-timeout"
  /** A protocol that begins without TLS was asked for it and has none. */
  | "tls-not-offered";

/** A token is no valid JWT-SVID (JWT-SVID §2-§5, RFC 7515, RFC 7519). */
export type JwtErrorCode =
  /** There is no token: no `Authorization: Bearer` header. */
  | "jwt-missing"
  /** Not the compact serialization of a JWS: parts, base64url, UTF-8, JSON, a member that appears twice. */
  | "jwt-malformed"
  | "jwt-too-large"
  /** `alg` is not one of the nine (JWT-SVID §2.1). */
  | "jwt-algorithm"
  /** `typ` is neither JWT nor JOSE (JWT-SVID §2.3). */
  | "jwt-type"
  /** `crit` names an extension that has to be understood (RFC 7515 §4.1.11). */
  | "jwt-critical-header"
  /** `sub` is missing or no SPIFFE ID (JWT-SVID §3.1). */
  | "jwt-subject"
  | "jwt-audience-missing"
  /** `aud` is neither a string nor a list of strings, or a list of more than 32. */
  | "jwt-audience-malformed"
  /** The own audience is not among those of the token (JWT-SVID §3.2). */
  | "jwt-audience-mismatch"
  | "jwt-expiry-missing"
  | "jwt-expired"
  /** `nbf` lies in the future. */
  | "jwt-not-yet-valid"
  /** `iat` lies in the future. */
  | "jwt-issued-in-future"
  /** `exp`, `nbf` or `iat` is no number. */
  | "jwt-claim-malformed"
  /** There is no JWT bundle for the trust domain of `sub`. */
  | "jwt-no-bundle"
  /** No key of the trust domain has the token's `kid`, or there is no key at all. */
  | "jwt-key-not-found"
  /** `alg` does not fit the key: its type, its curve, or the `alg` of its JWK (RFC 7518 §3). */
  | "jwt-key-unfit"
  | "jwt-signature";

/** A WIT-SVID or its proof of possession is not valid (WIT-SVID, Incubating); see `/experimental`. */
export type WitErrorCode =
  | "wit-key-id-missing"
  /** It has an audience, as if it were a bearer token. */
  | "wit-audience"
  /** `cnf.jwk` is missing, no public key, or does not fit its `alg`. */
  | "wit-confirmation"
  | "wit-proof-missing"
  /** The proof was made for another token, or has no `jti`. */
  | "wit-proof-mismatch"
  | "wit-proof-audience"
  /** It has expired, or is valid for too long. */
  | "wit-proof-expired"
  | "wit-proof-replayed"
  | "wit-proof-signature";

/** A document or message with bundles cannot be used (SPIFFE_Trust_Domain_and_Bundle §4, §5). */
export type BundleErrorCode =
  | "bundle-malformed"
  | "bundle-too-large"
  | "too-many-bundles"
  /** One key of a bundle cannot be used and is ignored, the others stay usable. */
  | "authority-ignored";

/** A bundle endpoint does not deliver (SPIFFE_Federation). */
export type FederationErrorCode =
  /** Network, TLS or Web PKI; `cause` says what. */
  | "bundle-endpoint-failed"
  | "bundle-endpoint-timeout"
  /** A status other than 200. */
  | "bundle-endpoint-status"
  /** A redirect to something else than a plain https URL, or too many of them. */
  | "bundle-endpoint-redirect"
  /** A fetched bundle is older than the stored one. */
  | "bundle-outdated";

/** Files hold no usable identity or bundle; what was read before stays in use. */
export type FileErrorCode =
  | "file-unreadable"
  /** The content does not parse, or key, certificate and bundle do not belong together: often a write that is not complete. */
  | "file-rejected";

/** The development Workload API of `/dev` will not start. */
export type DevErrorCode =
  /** `NODE_ENV` is `production`. */
  | "development-only"
  /** The directory holds a CA that cannot be used: of another trust domain, expired, or readable by others. */
  | "ca-directory"
  /** Another process serves this socket. */
  | "socket-in-use";

/** What a {@link SpiffeError} knows beside its code. */
export interface SpiffeErrorDetails {
  /** The SPIFFE ID concerned: as claimed, not necessarily proven. */
  readonly spiffeId?: string | undefined;
  /** Subject of the certificate that breaks the rule, as Node prints it. */
  readonly subject?: string | undefined;
  /** Document and section of the rule, for example `X509-SVID §4.3`. */
  readonly section?: string | undefined;
  /** Address of the Workload API. */
  readonly address?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class of this package. Branch on `code`; the message is for people and never holds key material.
 *
 * @example
 * ```ts
 * import { SpiffeError, SpiffeId } from "@idstack/spiffe";
 * try {
 *   SpiffeId.parse("spiffe://Example.org/web");
 * } catch (error) {
 *   if (error instanceof SpiffeError) console.log(error.code); // "invalid-spiffe-id"
 * }
 * ```
 */
export class SpiffeError extends Error {
  override readonly name = "SpiffeError";
  readonly code: SpiffeErrorCode;
  declare readonly spiffeId?: string;
  declare readonly subject?: string;
  declare readonly section?: string;
  declare readonly address?: string;

  constructor(code: SpiffeErrorCode, message: string, details: SpiffeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.spiffeId !== undefined) this.spiffeId = details.spiffeId;
    if (details.subject !== undefined) this.subject = details.subject;
    if (details.section !== undefined) this.section = details.section;
    if (details.address !== undefined) this.address = details.address;
  }
}
