import type { SpiffeId } from "../id/spiffe-id.ts";

/** An own JWT-SVID. */
export interface IssuedJwtSvid {
  readonly id: SpiffeId;
  /** JWS compact serialization: a bearer credential, keep it out of logs. */
  readonly token: string;
  readonly audience: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly hint?: string;
}

/** Options of {@link JwtSvidSource.fetchJwtSvid}. */
export interface FetchJwtSvidOptions {
  /** One of the workload's identities. Default: the first one of the agent. */
  readonly subject?: SpiffeId | string | undefined;
  /** Chooses among several identities by the operator's hint. */
  readonly hint?: string | undefined;
  /** Gives up waiting; other callers of the same token go on waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** What sends JWT-SVIDs needs: a token for an audience, valid at this moment. `JwtSource` and `JwtFileSource` implement it. */
export interface JwtSvidSource {
  fetchJwtSvid(audience: string | readonly string[], options?: FetchJwtSvidOptions): Promise<IssuedJwtSvid>;
}
