import { SpiffeError } from "../../errors.ts";
import { clip } from "../../id/trust-domain.ts";
import { parseJsonObject } from "../json.ts";
import { isJwtAlgorithm, JWT_ALGORITHMS, type JwtAlgorithm } from "./algorithms.ts";

/** The checked header of a token. */
export interface JwtHeader {
  readonly alg: JwtAlgorithm;
  readonly kid: string | undefined;
}

/** A token whose form was checked, and its `alg`, `typ` and `crit`; nothing else. */
export interface CompactJwt {
  readonly header: JwtHeader;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature covers, as text. */
  readonly signed: string;
  readonly signature: string;
}

/** What fits into a request header of Node; a JWT-SVID takes a few hundred bytes. */
export const MAX_TOKEN_BYTES = 16 * 1024;

/**
 * Takes a compact serialization apart (RFC 7515 §7.1). The algorithm is judged before anything else is looked at
 * (JWT-SVID §4).
 *
 * @throws SpiffeError that quotes nothing of the token.
 */
export function readCompact(token: string, maxBytes: number = MAX_TOKEN_BYTES): CompactJwt {
  if (token === "") throw new SpiffeError("jwt-missing", "there is no JWT-SVID");
  if (token.length > maxBytes) {
    throw new SpiffeError("jwt-too-large", `a token of ${token.length} bytes, at most ${maxBytes} are read`);
  }
  const first = token.indexOf(".");
  const second = token.indexOf(".", first + 1);
  if (first <= 0 || second === -1 || token.includes(".", second + 1)) {
    throw malformed("it does not have three parts: only the compact serialization is accepted", "JWT-SVID §1");
  }
  const header = headerOf(token.slice(0, first));
  const claims = objectOf(token.slice(first + 1, second), "payload");
  const signature = token.slice(second + 1);
  checkBase64url(signature, Math.floor((signature.length * 3) / 4), "signature");
  return { header, claims, signed: token.slice(0, second), signature };
}

/** Memory for the bytes of one token; a new Buffer for each part costs more than everything else around the signature. */
const room = { signed: Buffer.allocUnsafeSlow(MAX_TOKEN_BYTES), signature: Buffer.allocUnsafeSlow(2048) };

/**
 * The bytes that a signature is checked with, valid until the next call: use them at once.
 *
 * @throws SpiffeError `jwt-malformed`
 */
export function signedBytes({ signed, signature }: CompactJwt): { readonly signed: Buffer; readonly signature: Buffer } {
  const expected = Math.floor((signature.length * 3) / 4);
  const [covered, bytes] =
    signed.length > room.signed.length || expected > room.signature.length
      ? [Buffer.from(signed, "latin1"), Buffer.from(signature, "base64url")]
      : [
          room.signed.subarray(0, room.signed.write(signed, "latin1")),
          room.signature.subarray(0, room.signature.write(signature, "base64url")),
        ];
  checkBase64url(signature, bytes.length, "signature");
  return { signed: covered, signature: bytes };
}

/** Tokens of one key share their header to the byte; what was found sound once is sound again. */
const headers = new Map<string, JwtHeader>();
const MAX_HEADERS = 256;
const MAX_HEADER_LENGTH = 512;

function headerOf(part: string): JwtHeader {
  const known = headers.get(part);
  if (known !== undefined) return known;
  const header = checkHeader(objectOf(part, "header"));
  if (headers.size >= MAX_HEADERS) headers.clear();
  if (part.length <= MAX_HEADER_LENGTH) headers.set(part, header);
  return header;
}

function checkHeader({ alg, typ, kid, crit }: Readonly<Record<string, unknown>>): JwtHeader {
  if (!isJwtAlgorithm(alg)) {
    const named = typeof alg === "string" ? JSON.stringify(clip(alg)) : "missing or no string";
    throw new SpiffeError("jwt-algorithm", `alg is ${named}, a JWT-SVID uses one of ${JWT_ALGORITHMS.join(", ")}`, {
      section: "JWT-SVID §2.1",
    });
  }
  if (typ !== undefined && typ !== "JWT" && typ !== "JOSE") {
    throw new SpiffeError("jwt-type", "typ is neither JWT nor JOSE", { section: "JWT-SVID §2.3" });
  }
  // No extension is understood here, so each one that has to be is one too many.
  if (crit !== undefined) {
    throw new SpiffeError("jwt-critical-header", "crit demands an extension that is not supported", {
      section: "RFC 7515 §4.1.11",
    });
  }
  if (kid !== undefined && typeof kid !== "string") throw malformed("kid is no string", "RFC 7515 §4.1.4");
  return { alg, kid: kid === "" ? undefined : kid };
}

function objectOf(part: string, name: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonObject(decode(part, name));
  } catch (cause) {
    if (cause instanceof SpiffeError) throw cause;
    throw malformed(`its ${name} is unreadable: ${(cause as Error).message}`, "RFC 7515 §5.2");
  }
}

/** Characters that leave no bits over when two, or three, of the last four characters are there. */
const LAST_OF_TWO = "AQgw";
const LAST_OF_THREE = "AEIMQUYcgkosw048";

/**
 * Node's decoder passes over what is no base64, so a part that has anything of the kind comes out shorter; and it takes the other
 * alphabet too. Bits left over would make two spellings of one token: two tokens to whoever compares them.
 */
function decode(part: string, name: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  checkBase64url(part, bytes.length, name);
  return bytes;
}

function checkBase64url(part: string, decoded: number, name: string): void {
  const rest = part.length % 4;
  const last = part[part.length - 1] ?? "";
  const whole = decoded > 0 && decoded === Math.floor((part.length * 3) / 4) && rest !== 1;
  const exact = rest === 0 || (rest === 2 ? LAST_OF_TWO : LAST_OF_THREE).includes(last);
  if (whole && exact && !part.includes("+") && !part.includes("/")) return;
  throw malformed(`its ${name} is no base64url`, "RFC 7515 §2");
}

function malformed(reason: string, section: string): SpiffeError {
  return new SpiffeError("jwt-malformed", `the JWT-SVID is malformed: ${reason} (${section})`, { section });
}
