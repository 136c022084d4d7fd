import { SpiffeError } from "../errors.ts";
import { requireSource } from "../internal/require-source.ts";
import type { FetchJwtSvidOptions, JwtSvidSource } from "../svid/jwt-svid-source.ts";
import type { VerifiedJwtSvid } from "../svid/validate-jwt-svid.ts";
import { authorizationVerifier, type JwtAuthOptions } from "./authorization.ts";

/** The part of grpc-js's `Metadata` that is needed to send a token. */
export interface MetadataToSend {
  set(key: string, value: string): void;
}

/** The part of grpc-js's `Metadata` that is needed to receive a token. */
export interface ReceivedMetadata {
  get(key: string): readonly (string | Uint8Array)[];
}

/** Options of {@link jwtMetadata}. */
export interface JwtMetadataOptions<M extends MetadataToSend> extends Pick<FetchJwtSvidOptions, "subject" | "hint"> {
  /** Own tokens: a `JwtSource`. */
  readonly source: JwtSvidSource;
  readonly audience: string | readonly string[];
  /** `Metadata` of `@grpc/grpc-js`, which this package does not import. */
  readonly Metadata: new () => M;
}

/**
 * A generator for `credentials.createFromMetadataGenerator` of `@grpc/grpc-js`: every call carries `authorization: Bearer` with a
 * JWT-SVID (JWT-SVID, token transmission). grpc-js sends such metadata over TLS only.
 *
 * @example
 * ```ts
 * import { jwtMetadata } from "@idstack/spiffe/jwt";
 * import type { JwtSource } from "@idstack/spiffe";
 * import { credentials, Metadata } from "@grpc/grpc-js";
 * export const callCredentials = (source: JwtSource) =>
 *   credentials.createFromMetadataGenerator(jwtMetadata({ source, audience: "api", Metadata }));
 * ```
 */
export function jwtMetadata<M extends MetadataToSend>(
  options: JwtMetadataOptions<M>,
): (params: unknown, callback: (error: Error | null, metadata?: M) => void) => void {
  const { source, audience, subject, hint, Metadata } = options;
  requireSource(source, ["fetchJwtSvid"], "a JwtSource");
  return (_params, callback) => {
    source.fetchJwtSvid(audience, { subject, hint }).then(
      ({ token }) => {
        const metadata = new Metadata();
        metadata.set("authorization", `Bearer ${token}`);
        callback(null, metadata);
      },
      (error: Error) => callback(error),
    );
  };
}

/**
 * A function that judges the metadata of a gRPC call, for handlers and interceptors of a server. It throws as the one of
 * `authorizationVerifier` does; answer `jwt-*` with UNAUTHENTICATED and `unauthorized` with PERMISSION_DENIED.
 *
 * @throws TypeError at once for options that cannot work.
 *
 * @example
 * ```ts
 * import { metadataVerifier } from "@idstack/spiffe/jwt";
 * import type { JwtSource } from "@idstack/spiffe";
 * export const verifier = (source: JwtSource) =>
 *   metadataVerifier({ source, audience: "api", authorize: ["spiffe://homelab.internal/web"] }); // (call.metadata) => caller
 * ```
 */
export function metadataVerifier(options: JwtAuthOptions): (metadata: ReceivedMetadata) => VerifiedJwtSvid {
  const verify = authorizationVerifier(options);
  return (metadata) => {
    const values = metadata.get("authorization");
    // Which of several would count is a question nobody should have to answer.
    if (values.length > 1)
      throw new SpiffeError("jwt-malformed", "there is more than one authorization in the metadata");
    const [value] = values;
    return verify(value === undefined ? undefined : String(value));
  };
}
