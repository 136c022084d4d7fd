import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { parseTimestamp } from "./go-time.ts";
import { type Scalar, scalarBytes, str } from "./scalar.ts";

const TAG = 16;
/** SOPS writes 32-byte IVs, not the customary 12. */
const IV = 32;
const ENVELOPE = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]/;
/** Bytes at a time, a multiple of three, and what they are in base64. */
const CHUNK = 3 << 18;
const BASE64_CHUNK = 4 << 18;
const HEAD = "ENC[AES256_GCM,data:";

/** What an envelope can hold: a leaf, or the text of a comment. */
export type Sealed = Scalar | { readonly type: "comment"; readonly value: string };

/** Thrown for an envelope that is not one, or that does not authenticate; callers say where it was. */
export class EnvelopeError extends Error {
  readonly kind: "malformed" | "unauthentic";

  constructor(kind: "malformed" | "unauthentic") {
    super(kind);
    this.kind = kind;
  }
}

export function isEnvelope(text: string): boolean {
  if (!text.startsWith(HEAD)) return false;
  return text.length > 1_000_000 ? text.endsWith("]") : ENVELOPE.test(text);
}

/** The additional data of a value: the map keys above it, without list indices. */
export function aadOf(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/** `ENC[AES256_GCM,…]`. The empty string stays empty, as SOPS has no envelope without data. */
export function seal(value: Sealed, key: Uint8Array, aad: string): string {
  const plain = value.type === "comment" ? Buffer.from(value.value, "utf8") : scalarBytes(value);
  return sealBytes(plain, key, aad, value.type);
}

export function sealBytes(plain: Uint8Array, key: Uint8Array, aad: string, type: string): string {
  if (plain.length === 0) return "";
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", imported(key), iv, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(aad, "utf8"));
  let data = "";
  for (let at = 0; at < plain.length; at += CHUNK) {
    data += cipher.update(plain.subarray(at, at + CHUNK)).toString("base64");
  }
  cipher.final();
  return `ENC[AES256_GCM,data:${data},iv:${base64(iv)},tag:${base64(cipher.getAuthTag())},type:${type}]`;
}

export function open(text: string, key: Uint8Array, aad: string): Sealed {
  if (text === "") return str("");
  const { type, bytes } = openBytes(text, key, aad);
  return typed(type, bytes);
}

export function openBytes(text: string, key: Uint8Array, aad: string): { type: string; bytes: Buffer } {
  const [data, iv, tag, type] = fields(text);
  const nonce = unbase64(iv);
  const mark = unbase64(tag);
  if (data.length > BASE64_CHUNK && mark.length === TAG && nonce.length > 0) {
    return { type, bytes: decipherLarge(data, mark, nonce, key, aad) };
  }
  const sealed = unbase64(data);
  if (nonce.length === 0 || mark.length + sealed.length < TAG) throw new EnvelopeError("malformed");
  // As in sops, only where the two meet counts: a tag of another length shifts the border.
  const whole = mark.length === TAG ? undefined : Buffer.concat([sealed, mark]);
  const split = whole === undefined ? [sealed, mark] : [whole.subarray(0, -TAG), whole.subarray(-TAG)];
  return { type, bytes: decipher(split[0] ?? sealed, split[1] ?? mark, nonce, key, aad) };
}

/** The pattern would need a stack as deep as the value is long, so the usual form is cut by hand. */
function fields(text: string): [string, string, string, string] {
  const iv = text.indexOf(",iv:", HEAD.length);
  const tag = text.indexOf(",tag:", iv);
  const type = text.indexOf(",type:", tag);
  if (
    text.startsWith(HEAD) &&
    iv > HEAD.length &&
    tag > iv + 4 &&
    type > tag + 5 &&
    /^[a-z]+\]$/.test(text.slice(type + 6, type + 32))
  ) {
    return [text.slice(HEAD.length, iv), text.slice(iv + 4, tag), text.slice(tag + 5, type), text.slice(type + 6, -1)];
  }
  const match = text.length < 1_000_000 ? ENVELOPE.exec(text) : null;
  if (match === null) throw new EnvelopeError("malformed");
  const [, data = "", nonce = "", mark = "", kind = ""] = match;
  return [data, nonce, mark, kind];
}

/** node:crypto takes longer to import a key than to open a value: one import serves all values of a file. */
const IMPORTED = new WeakMap<Uint8Array, KeyObject>();

function imported(key: Uint8Array): KeyObject {
  const known = IMPORTED.get(key) ?? createSecretKey(key);
  IMPORTED.set(key, known);
  return known;
}

function decipher(data: Buffer, tag: Buffer, iv: Buffer, key: Uint8Array, aad: string): Buffer {
  try {
    const decipher = createDecipheriv("aes-256-gcm", imported(key), iv, { authTagLength: TAG });
    decipher.setAAD(Buffer.from(aad, "utf8"));
    decipher.setAuthTag(tag);
    const plain = decipher.update(data);
    decipher.final();
    return plain;
  } catch {
    throw new EnvelopeError("unauthentic");
  }
}

/** Piece by piece, so that the ciphertext of a large file is never in memory as a whole a second time. */
function decipherLarge(data: string, tag: Buffer, iv: Buffer, key: Uint8Array, aad: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", imported(key), iv, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(aad, "utf8"));
  decipher.setAuthTag(tag);
  const plain = Buffer.allocUnsafeSlow(Math.ceil((data.length / 4) * 3));
  const piece = Buffer.allocUnsafeSlow(CHUNK);
  let length = 0;
  for (let at = 0; at < data.length; at += BASE64_CHUNK) {
    const text = data.slice(at, at + BASE64_CHUNK);
    const bytes = piece.subarray(0, piece.write(text, "base64"));
    requireWhole(text, bytes.length);
    // Padding stands at the very end or nowhere.
    if (bytes.length < CHUNK && at + BASE64_CHUNK < data.length) throw new EnvelopeError("malformed");
    length += decipher.update(bytes).copy(plain, length);
  }
  try {
    decipher.final();
  } catch {
    throw new EnvelopeError("unauthentic");
  }
  return plain.subarray(0, length);
}

/** The type is outside the authenticated part: a forged one must fail here or in the MAC. */
function typed(type: string, bytes: Buffer): Sealed {
  const text = bytes.toString("utf8");
  if (type === "str" || type === "bytes") return str(text);
  if (type === "comment") return { type, value: text };
  if (type === "int" && /^[-+]?\d+$/.test(text)) return { type, value: BigInt(text) };
  if (type === "float") {
    const special = /^[+-]?(?:inf|infinity)$/i.test(text) ? (text.startsWith("-") ? -1 : 1) / 0 : undefined;
    if (special !== undefined || /^nan$/i.test(text)) return { type, value: special ?? Number.NaN };
    if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return { type, value: Number(text) };
  }
  if (type === "bool") {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return { type, value: true };
    if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return { type, value: false };
  }
  if (type === "time") {
    const time = parseTimestamp(text);
    if (time !== undefined) return { type, value: time };
  }
  throw new EnvelopeError("malformed");
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** Node's decoder skips what it does not know, and knows the alphabet of URLs; Go's refuses both. */
function unbase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  requireWhole(text, bytes.length);
  return bytes;
}

function requireWhole(text: string, length: number): void {
  const pad = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const whole = text.length % 4 === 0 && length === (text.length / 4) * 3 - pad;
  if (!whole || text.includes("-") || text.includes("_")) throw new EnvelopeError("malformed");
}
