import { createCipheriv, createHmac, generateKeyPairSync, hkdfSync, randomBytes } from "node:crypto";
import { armor } from "age-encryption";
import { exchange, rawPublicKey } from "../../src/age/x25519-key.ts";

/** How a file differs from what age writes. */
export interface Forgery {
  /** In place of an ephemeral key; its shared secret is taken to be zero. */
  readonly point?: Buffer;
  readonly share?: string;
  readonly body?: string;
  readonly kind?: string;
  readonly version?: string;
  /** Stanzas around the one. */
  readonly before?: string;
  readonly after?: string;
  readonly mac?: (right: Buffer) => string;
  /** Length of the file key. */
  readonly fileKey?: number;
}

/** An armored age file for a point, with a MAC that is right whatever its header is like. */
export function forge(recipient: Buffer, given: Forgery = {}): string {
  const { kind = "X25519", version = "v1", before = "", after = "", mac = nopad, fileKey: length = 16 } = given;
  const pair = generateKeyPairSync("x25519");
  const share = given.point ?? rawPublicKey(pair.publicKey);
  const shared = given.point === undefined ? exchange(pair.privateKey, recipient) : undefined;
  const salt = Buffer.concat([share, recipient]);
  const fileKey = randomBytes(length);
  const wrapping = hkdf(shared ?? Buffer.alloc(32), salt, "age-encryption.org/v1/X25519");
  const body = given.body ?? nopad(seal(wrapping, Buffer.alloc(12), fileKey));
  const stanza = `-> ${kind} ${given.share ?? nopad(share)}\n${body}\n`;
  const header = `age-encryption.org/${version}\n${before}${stanza}${after}---`;
  const right = createHmac("sha256", hkdf(fileKey, Buffer.alloc(0), "header"))
    .update(header)
    .digest();
  const nonce = randomBytes(16);
  const last = Buffer.concat([Buffer.alloc(11), Buffer.of(1)]);
  const payload = seal(hkdf(fileKey, nonce, "payload"), last, Buffer.from("the data key"));
  return armor.encode(Buffer.concat([Buffer.from(`${header} ${mac(right)}\n`), nonce, payload]));
}

export function nopad(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** The same bytes in base64, with bits set in the last character that say nothing. */
export function loose(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? "A") | 1];
}

function hkdf(secret: Uint8Array, salt: Uint8Array, label: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, label, 32));
}

function seal(key: Buffer, nonce: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
