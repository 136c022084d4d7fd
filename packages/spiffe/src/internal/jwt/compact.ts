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
  /** What the signature covers. */
  readonly signed: Buffer;
  readonly signature: Buffer;
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
  const header = headerOf(token, first);
  const claims = objectOf(token.slice(first + 1, second), "payload");
  const signature = decode(token.slice(second + 1), "signature");
  return { header, claims, signed: Buffer.from(token.slice(0, second), "latin1"), signature };
}

/** Tokens of one key share their header to the byte; what was found sound once is sound again. */
const headers = new Map<string, JwtHeader>();
const MAX_HEADERS = 256;
const MAX_HEADER_LENGTH = 512;
/** The one of the last token: mostly the next one has it too, and comparing is cheaper than cutting out and looking up. */
let latest: { readonly part: string; readonly header: JwtHeader } | undefined;

function headerOf(token: string, end: number): JwtHeader {
  if (latest !== undefined && latest.part.length === end && token.startsWith(latest.part)) return latest.header;
  const part = token.slice(0, end);
  const header = headers.get(part) ?? checkHeader(objectOf(part, "header"));
  if (part.length > MAX_HEADER_LENGTH) return header;
  if (headers.size >= MAX_HEADERS) headers.clear();
  headers.set(part, header);
  latest = { part, header };
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
  const rest = part.length % 4;
  const last = part[part.length - 1] ?? "";
  const whole = bytes.length > 0 && bytes.length === Math.floor((part.length * 3) / 4) && rest !== 1;
  const exact = rest === 0 || (rest === 2 ? LAST_OF_TWO : LAST_OF_THREE).includes(last);
  if (whole && exact && !part.includes("+") && !part.includes("/")) return bytes;
  throw malformed(`its ${name} is no base64url`, "RFC 7515 §2");
}

function malformed(reason: string, section: string): SpiffeError {
  return new SpiffeError("jwt-malformed", `the JWT-SVID is malformed: ${reason} (${section})`, { section });
}
