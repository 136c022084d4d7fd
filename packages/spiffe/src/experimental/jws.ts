import { SpiffeError } from "../errors.ts";
import { isObject, parseJsonObject } from "../internal/json.ts";
import { isJwtAlgorithm, type JwtAlgorithm } from "../internal/jwt/algorithms.ts";

/** A compact serialization whose header was checked; the signature was not. */
export interface Jws {
  readonly alg: JwtAlgorithm;
  readonly kid: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const MAX_BYTES = 16 * 1024;

/** @throws SpiffeError that quotes nothing of the token. */
export function readJws(token: string, type: string): Jws {
  if (token.length > MAX_BYTES) throw new SpiffeError("jwt-too-large", `a token of ${token.length} bytes`);
  const parts = token.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3 || !parts.every(isBase64Url)) {
    throw new SpiffeError("jwt-malformed", `the ${type} is no compact serialization of a JWS (RFC 7515 §7.1)`);
  }
  const { alg, typ, kid, crit } = objectOf(header, type);
  if (!isJwtAlgorithm(alg)) throw new SpiffeError("jwt-algorithm", `alg of the ${type} is not one of the nine`);
  if (typ !== type) throw new SpiffeError("jwt-type", `typ is not ${type}`);
  if (crit !== undefined)
    throw new SpiffeError("jwt-critical-header", "crit demands an extension that is not supported");
  if (kid !== undefined && typeof kid !== "string") throw new SpiffeError("jwt-malformed", "kid is no string");
  return {
    alg,
    kid: kid === "" ? undefined : kid,
    claims: objectOf(payload, type),
    signed: Buffer.from(`${header}.${payload}`, "latin1"),
    signature: Buffer.from(signature, "base64url"),
  };
}

/** Milliseconds. @throws SpiffeError for a claim that is no number. */
export function timeOf(claims: Jws["claims"], name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value * 1000;
  throw new SpiffeError("jwt-claim-malformed", `${name} is no number`);
}

export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function objectOf(part: string, type: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonObject(Buffer.from(part, "base64url"));
  } catch (cause) {
    throw new SpiffeError("jwt-malformed", `a part of the ${type} is unreadable: ${(cause as Error).message}`);
  }
}

/** One encoding per value: bits that are left over have to be zero. */
function isBase64Url(part: string): boolean {
  return /^[\w-]+$/.test(part) && Buffer.from(part, "base64url").toString("base64url") === part;
}
