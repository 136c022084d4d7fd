import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

export const TAG = 16;
/** Of what is encrypted once under a key of its own. */
export const ZERO_NONCE = Buffer.alloc(12);

/** HKDF-SHA-256. Keys go in as objects: node:crypto takes several times as long to import bytes. */
export function derive(secret: Uint8Array, salt: Uint8Array, label: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync("sha256", createSecretKey(secret), salt, label, 32)));
}

/** ChaCha20-Poly1305; undefined when it does not authenticate. */
export function openChaCha(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(-TAG));
  const plain = decipher.update(sealed.subarray(0, -TAG));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

export function sealChaCha(key: KeyObject, nonce: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Without padding, as age has it in headers. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** Only what {@link base64} would write: undefined for padding, other letters, and last bits that are not zero. */
export function unbase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return base64(bytes) === text ? bytes : undefined;
}
