import type { BundleLimits } from "../../bundle/limits.ts";
import { checkBundleSize } from "../../bundle/limits.ts";
import { SpiffeError } from "../../errors.ts";
import { clip, type TrustDomain } from "../../id/trust-domain.ts";
import { isObject, parseUniqueJson, utf8 } from "../json.ts";
import { isKnownKeyType, type Jwk } from "./jwk.ts";

/** Options of everything that reads JWK Sets. */
export interface JwksOptions extends BundleLimits {
  /** Told about every key that was left out because something is wrong with it. Must not throw. */
  readonly onIgnored?: ((error: SpiffeError) => void) | undefined;
}

/** Tried one after the other for a token without `kid`: a bundle must not be a way to keep a validator busy. */
export const MAX_KEYS = 100;

const SECTION = "SPIFFE_Trust_Domain_and_Bundle §4";

/**
 * Reads a JSON document. Integers keep their digits where JavaScript numbers could not: they arrive as bigint.
 *
 * @throws SpiffeError `bundle-malformed` or `bundle-too-large`.
 */
export function readDocument(what: string, input: string | Uint8Array, limits: BundleLimits): Jwk {
  checkBundleSize(typeof input === "string" ? Buffer.byteLength(input) : input.length, limits);
  try {
    const value = parseUniqueJson(typeof input === "string" ? input : utf8(input), keepDigits);
    if (isObject(value)) return value;
    throw new SyntaxError("it is no JSON object");
  } catch (cause) {
    throw malformedBundle(what, (cause as Error).message, cause);
  }
}

/** The keys of a set with one of these uses; `undefined` among them stands for a key that states none. */
export function keysOf(what: string, document: Jwk): readonly unknown[] {
  const keys = document["keys"];
  if (!Array.isArray(keys)) throw malformedBundle(what, "keys is no list");
  if (keys.length > MAX_KEYS) throw malformedBundle(what, `it has ${keys.length} keys, at most ${MAX_KEYS} are read`);
  return keys;
}

/**
 * Reads keys one by one: what is of another use or of an unknown type is not meant for us, what is broken is reported,
 * and neither spoils the rest (SPIFFE_Trust_Domain_and_Bundle §4).
 */
export function readKeys<T>(
  trustDomain: TrustDomain,
  keys: readonly unknown[],
  isMeant: (use: unknown) => boolean,
  read: (jwk: Jwk) => T,
  { onIgnored }: JwksOptions,
): T[] {
  return keys.flatMap((jwk) => {
    if (isObject(jwk) && !(isKnownKeyType(jwk["kty"]) && isMeant(jwk["use"]))) return [];
    try {
      if (!isObject(jwk)) throw new Error("it is no JSON object");
      return [read(jwk)];
    } catch (cause) {
      const kid = isObject(jwk) && typeof jwk["kid"] === "string" ? ` ${JSON.stringify(clip(jwk["kid"]))}` : "";
      const message = `a key${kid} of ${trustDomain.idString} is ignored: ${(cause as Error).message}`;
      onIgnored?.(new SpiffeError("authority-ignored", message, { section: SECTION, cause }));
      return [];
    }
  });
}

export function malformedBundle(what: string, reason: string, cause?: unknown): SpiffeError {
  return new SpiffeError("bundle-malformed", `${what} cannot be read: ${reason}`, { section: SECTION, cause });
}

/** Engines before the proposal "JSON.parse source text access" give no context: their numbers are rounded already. */
function keepDigits(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d{1,20}$/.test(source) ? BigInt(source) : value;
}
