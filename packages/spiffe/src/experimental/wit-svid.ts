import { createHash, createPrivateKey, type JsonWebKeyInput, type KeyObject, randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock.ts";
import { SpiffeError, type SpiffeErrorCode } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { isObject } from "../internal/json.ts";
import { algorithmsOf, isJwtAlgorithm, type JwtAlgorithm, sign, verifySignature } from "../internal/jwt/algorithms.ts";
import { publicKeyOf } from "../internal/jwt/jwk.ts";
import { type Jws, memberOf, readJws, timeOf } from "./jws.ts";
import type { WitBundleSet } from "./wit-bundle.ts";

/** An own WIT-SVID: an identity token that is worth nothing without the private key beside it. */
export interface WitSvid {
  readonly id: SpiffeId;
  /** JWS compact serialization. Not a bearer credential: never to be sent in `Authorization`. */
  readonly token: string;
  readonly privateKey: KeyObject;
  /** The algorithm that the key is bound to. */
  readonly algorithm: JwtAlgorithm;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly hint?: string;
}

/** The two header fields of a request that proves an identity (draft-ietf-wimse-wpt). */
export interface WitHeaders {
  readonly "workload-identity-token": string;
  readonly "workload-proof-token": string;
}

/** Options of {@link verifyWit}. */
export interface VerifyWitOptions {
  readonly bundles: WitBundleSet;
  /** The URI by which callers know the target of the request, without query and fragment. */
  readonly audience: string;
  /** Proofs that were seen are remembered here and refused a second time. Default: nothing is remembered. */
  readonly seen?: ProofMemory | undefined;
  readonly clock?: Clock | undefined;
  /** What clocks may differ. Default 5. */
  readonly leewaySeconds?: number | undefined;
}

/** A caller whose identity and possession of the key are proven. */
export interface VerifiedWit {
  readonly id: SpiffeId;
  readonly expiresAt: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

const MAX_PROOF_SECONDS = 300;

/** Proofs that were accepted, until they expire. Bounded: when it is full new proofs are refused. */
export class ProofMemory {
  readonly #seen = new Map<string, number>();
  readonly #capacity: number;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** @throws SpiffeError `wit-proof-replayed` */
  remember(proof: string, expiresAt: number, now: number): void {
    for (const [key, end] of this.#seen) {
      if (end > now) break;
      this.#seen.delete(key);
    }
    if (this.#seen.has(proof)) throw fault("wit-proof-replayed", "the proof was used before");
    if (this.#seen.size >= this.#capacity) throw fault("wit-proof-replayed", "too many proofs at one time");
    this.#seen.set(proof, expiresAt);
  }
}

/** Header fields that prove the possession of the key to one target, for a minute unless told otherwise. */
export function proveWit(
  svid: WitSvid,
  options: { readonly audience: string; readonly ttlSeconds?: number; readonly clock?: Clock },
): WitHeaders {
  const { audience, ttlSeconds = 60, clock = systemClock } = options;
  const exp = Math.floor(clock.now() / 1000) + ttlSeconds;
  const claims = { aud: audience, exp, jti: randomUUID(), wth: hashOf(svid.token) };
  const signed = `${encode({ typ: "wpt+jwt", alg: svid.algorithm })}.${encode(claims)}`;
  const signature = sign(svid.algorithm, svid.privateKey, Buffer.from(signed)).toString("base64url");
  return { "workload-identity-token": svid.token, "workload-proof-token": `${signed}.${signature}` };
}

/**
 * Verifies token and proof of a request; there is no way to accept a token without its proof (WIT-SVID, Incubating;
 * draft-ietf-wimse-workload-creds, draft-ietf-wimse-wpt).
 *
 * @throws SpiffeError a `JwtErrorCode` or `WitErrorCode`.
 */
export function verifyWit(headers: Partial<WitHeaders>, options: VerifyWitOptions): VerifiedWit {
  const { bundles, audience, seen, clock = systemClock, leewaySeconds = 5 } = options;
  const { "workload-identity-token": token, "workload-proof-token": proof } = headers;
  if (token === undefined || token === "") throw fault("jwt-missing", "there is no Workload-Identity-Token");
  if (proof === undefined || proof === "") throw fault("wit-proof-missing", "there is no Workload-Proof-Token");
  const now = clock.now();
  const leeway = leewaySeconds * 1000;
  const wit = readWit(token, now, leeway);
  const authority = bundles.get(wit.id.trustDomain)?.authorities;
  if (authority === undefined) throw fault("jwt-no-bundle", `there is no WIT bundle for ${wit.id.trustDomain}`);
  const key = authority.get(wit.jws.kid ?? "");
  if (key === undefined) throw fault("jwt-key-not-found", `${wit.id.trustDomain} has no WIT key of that kid`);
  checkSignature(wit.jws, key, "jwt-signature");
  checkProof(proof, { token, wit, audience, seen, now, leeway });
  return { id: wit.id, expiresAt: wit.expiresAt, claims: wit.jws.claims };
}

/** An own WIT-SVID as the agent delivers it. @throws SpiffeError */
export function ownWit(token: string, jwk: string, now: number): WitSvid {
  const { id, key, algorithm, expiresAt } = readWit(token, now, 0);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKeyInput["key"], format: "jwk" });
  } catch {
    // No cause: what a parser says about a key may quote it.
    throw fault("key-mismatch", "wit_svid_key is no private JWK");
  }
  const probe = Buffer.from("possession");
  if (
    !algorithmsOf(key).has(algorithm) ||
    !verifySignature(algorithm, key, probe, sign(algorithm, privateKey, probe))
  ) {
    throw fault("key-mismatch", `the private key does not belong to the WIT-SVID of ${id}`);
  }
  return { id, token, privateKey, algorithm, expiresAt };
}

interface ReadWit {
  readonly id: SpiffeId;
  readonly jws: Jws;
  readonly key: KeyObject;
  readonly algorithm: JwtAlgorithm;
  readonly expiresAt: number;
}

/** Everything but the signature. */
function readWit(token: string, now: number, leeway: number): ReadWit {
  const jws = readJws(token, "wit+jwt");
  if (jws.kid === undefined) throw fault("wit-key-id-missing", "the WIT-SVID has no kid");
  const { sub, aud, cnf } = jws.claims;
  if (typeof sub !== "string") throw fault("jwt-subject", "sub is missing or no string");
  const id = SpiffeId.parse(sub);
  if (aud !== undefined) throw fault("wit-audience", `the WIT-SVID of ${id} has an audience`);
  const expiresAt = timeOf(jws.claims, "exp");
  if (expiresAt === undefined) throw fault("jwt-expiry-missing", `the WIT-SVID of ${id} has no exp`);
  if (!(now - leeway < expiresAt)) throw fault("jwt-expired", `the WIT-SVID of ${id} has expired`);
  const notBefore = timeOf(jws.claims, "nbf");
  if (notBefore !== undefined && !(notBefore <= now + leeway)) {
    throw fault("jwt-not-yet-valid", `the WIT-SVID of ${id} is not valid yet`);
  }
  return { id, jws, expiresAt, ...confirmationOf(memberOf(cnf, "jwk"), id) };
}

function confirmationOf(jwk: unknown, id: SpiffeId): { key: KeyObject; algorithm: JwtAlgorithm } {
  const wrong = (reason: string): SpiffeError =>
    fault("wit-confirmation", `cnf.jwk of the WIT-SVID of ${id} ${reason}`);
  if (!isObject(jwk)) throw wrong("is missing");
  const { alg } = jwk;
  if (!isJwtAlgorithm(alg)) throw wrong("has no alg of the nine");
  // A private key in a token that is sent around is nobody's secret any more.
  if (jwk["d"] !== undefined || jwk["k"] !== undefined) throw wrong("is no public key");
  try {
    const key = publicKeyOf(jwk);
    if (algorithmsOf(key).has(alg)) return { key, algorithm: alg };
  } catch {
    throw wrong("cannot be read");
  }
  throw wrong(`does not fit its alg ${alg}`);
}

interface ProofContext {
  readonly token: string;
  readonly wit: ReadWit;
  readonly audience: string;
  readonly seen: ProofMemory | undefined;
  readonly now: number;
  readonly leeway: number;
}

function checkProof(proof: string, { token, wit, audience, seen, now, leeway }: ProofContext): void {
  const jws = readJws(proof, "wpt+jwt");
  if (jws.alg !== wit.algorithm) throw fault("wit-proof-signature", "alg of the proof is not that of cnf.jwk");
  checkSignature(jws, wit.key, "wit-proof-signature");
  const { aud, jti, wth } = jws.claims;
  if (wth !== hashOf(token)) throw fault("wit-proof-mismatch", "the proof is for another WIT-SVID");
  if (aud !== audience) throw fault("wit-proof-audience", "the proof is for another target");
  const expiresAt = timeOf(jws.claims, "exp");
  if (expiresAt === undefined || !(now - leeway < expiresAt)) throw fault("wit-proof-expired", "the proof has expired");
  if (expiresAt > now + leeway + MAX_PROOF_SECONDS * 1000) {
    throw fault("wit-proof-expired", `the proof is valid for longer than ${MAX_PROOF_SECONDS} s`);
  }
  if (typeof jti !== "string" || jti === "") throw fault("wit-proof-mismatch", "the proof has no jti");
  seen?.remember(`${wit.id} ${jti}`, expiresAt + leeway, now);
}

function checkSignature(jws: Jws, key: KeyObject, code: SpiffeErrorCode): void {
  if (!algorithmsOf(key).has(jws.alg)) throw fault("jwt-key-unfit", `alg ${jws.alg} does not fit the key`);
  if (!verifySignature(jws.alg, key, jws.signed, jws.signature)) throw fault(code, "the signature is not of that key");
}

function hashOf(token: string): string {
  return createHash("sha256").update(token, "ascii").digest("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function fault(code: SpiffeErrorCode, message: string): SpiffeError {
  return new SpiffeError(code, `${message} (WIT-SVID, Incubating)`, { section: "WIT-SVID" });
}
