import { SpiffeError } from "../../errors.ts";
import { SpiffeId } from "../../id/spiffe-id.ts";

/** Entries of `aud` that are read unless the caller says otherwise. */
export const MAX_AUDIENCES = 32;

type Claims = Readonly<Record<string, unknown>>;

/** The callers of a service are few, their tokens many. */
const subjects = new Map<string, SpiffeId>();
const MAX_SUBJECTS = 1024;

/** @throws SpiffeError `jwt-subject` */
export function subjectOf({ sub }: Claims): SpiffeId {
  const section = "JWT-SVID §3.1";
  if (typeof sub !== "string" || sub === "") {
    throw new SpiffeError("jwt-subject", "sub is missing or no string", { section });
  }
  const known = subjects.get(sub);
  if (known !== undefined) return known;
  try {
    const id = SpiffeId.parse(sub);
    if (subjects.size >= MAX_SUBJECTS) subjects.clear();
    subjects.set(sub, id);
    return id;
  } catch (cause) {
    throw new SpiffeError("jwt-subject", `sub is no SPIFFE ID: ${(cause as Error).message}`, { section, cause });
  }
}

/** @throws SpiffeError `jwt-audience-missing`, `jwt-audience-malformed` */
export function audienceOf({ aud }: Claims, id: SpiffeId, max: number = MAX_AUDIENCES): readonly string[] {
  const details = { spiffeId: id.toString(), section: "JWT-SVID §3.2" };
  if (aud === undefined || aud === "" || (Array.isArray(aud) && aud.length === 0)) {
    throw new SpiffeError("jwt-audience-missing", `the JWT-SVID of ${id} has no audience`, details);
  }
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (list.length > max) {
    const message = `the JWT-SVID of ${id} has ${list.length} audiences, at most ${max} are read`;
    throw new SpiffeError("jwt-audience-malformed", message, details);
  }
  if (list.every((entry) => typeof entry === "string")) return list;
  throw new SpiffeError("jwt-audience-malformed", `aud in the JWT-SVID of ${id} is no string or list of them`, details);
}

/** Milliseconds since the epoch of a NumericDate, or undefined. @throws SpiffeError `jwt-claim-malformed` */
export function timeOf(claims: Claims, name: "exp" | "nbf" | "iat", id: SpiffeId): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  // JSON.parse makes Infinity of 1e999.
  if (typeof value === "number" && Number.isFinite(value)) return value * 1000;
  throw new SpiffeError("jwt-claim-malformed", `${name} in the JWT-SVID of ${id} is no number`, {
    spiffeId: id.toString(),
    section: "RFC 7519 §2",
  });
}

/** @throws SpiffeError `jwt-expiry-missing`, `jwt-claim-malformed` */
export function expiryOf(claims: Claims, id: SpiffeId): number {
  const expiresAt = timeOf(claims, "exp", id);
  if (expiresAt !== undefined) return expiresAt;
  throw new SpiffeError("jwt-expiry-missing", `the JWT-SVID of ${id} has no exp`, {
    spiffeId: id.toString(),
    section: "JWT-SVID §3.3",
  });
}
