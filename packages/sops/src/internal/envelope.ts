import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { parseTimestamp } from "./go-time.ts";
import { type Scalar, scalarBytes, str } from "./scalar.ts";

const TAG = 16;
/** SOPS writes 32-byte IVs, not the customary 12. */
const IV = 32;
const ENVELOPE = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

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
  return ENVELOPE.test(text);
}

/** The additional data of a value: the map keys above it, without list indices. */
export function aadOf(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/** `ENC[AES256_GCM,…]`. The empty string stays empty, as SOPS has no envelope without data. */
export function seal(value: Sealed, key: Uint8Array, aad: string): string {
  const plain = value.type === "comment" ? Buffer.from(value.value, "utf8") : scalarBytes(value);
  if (plain.length === 0) return "";
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(aad, "utf8"));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const tag = cipher.getAuthTag();
  return `ENC[AES256_GCM,data:${base64(data)},iv:${base64(iv)},tag:${base64(tag)},type:${value.type}]`;
}

export function open(text: string, key: Uint8Array, aad: string): Sealed {
  if (text === "") return str("");
  const match = ENVELOPE.exec(text);
  if (match === null) throw new EnvelopeError("malformed");
  const [, data = "", iv = "", tag = "", type = ""] = match;
  const nonce = unbase64(iv);
  const sealed = Buffer.concat([unbase64(data), unbase64(tag)]);
  if (nonce.length === 0 || sealed.length < TAG) throw new EnvelopeError("malformed");
  return typed(type, decipher(sealed, nonce, key, aad));
}

function decipher(sealed: Buffer, iv: Buffer, key: Uint8Array, aad: string): Buffer {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG });
    decipher.setAAD(Buffer.from(aad, "utf8"));
    decipher.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
  } catch {
    throw new EnvelopeError("unauthentic");
  }
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

/** Node's decoder skips what it does not know; Go's refuses it. */
function unbase64(text: string): Buffer {
  if (!BASE64.test(text)) throw new EnvelopeError("malformed");
  return Buffer.from(text, "base64");
}
