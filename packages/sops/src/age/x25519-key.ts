import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { bech32Bytes, bech32Encode } from "./bech32.ts";

const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
/** Twelve bytes, so that the point can follow in base64. */
const SPKI_HEAD = "MCowBQYDK2VuAyEA";
const LENGTH = 32;

/** An X25519 identity, imported once for any number of files. */
export interface X25519Identity {
  readonly privateKey: KeyObject;
  readonly publicBytes: Buffer;
  readonly recipient: string;
}

/** `AGE-SECRET-KEY-1…`; undefined when it is none or damaged. */
export function importX25519Identity(identity: string): X25519Identity | undefined {
  if (!identity.startsWith("AGE-SECRET-KEY-1")) return undefined;
  const bytes = bech32Bytes(identity, "age-secret-key-");
  if (bytes?.length !== LENGTH) return undefined;
  // As JWK a private key would need its public part, which is what is asked for here.
  const key = Buffer.concat([PKCS8_HEAD, bytes]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const publicBytes = rawPublicKey(createPublicKey(privateKey));
  return { privateKey, publicBytes, recipient: bech32Encode("age", publicBytes) };
}

/** The point of `age1…`; undefined for recipients of another kind and damaged ones. */
export function x25519Recipient(recipient: string): Buffer | undefined {
  const bytes = recipient.startsWith("age1") ? bech32Bytes(recipient, "age") : undefined;
  return bytes?.length === LENGTH ? bytes : undefined;
}

export function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
}

/** The shared secret; undefined for a point of low order, whose secret would be zero whoever asks. */
export function exchange(privateKey: KeyObject, point: Uint8Array): Buffer | undefined {
  if (point.length !== LENGTH) throw new RangeError("a point has 32 bytes");
  // Of all the forms a public key can be imported from, this is the fastest.
  const body = SPKI_HEAD + Buffer.from(point).toString("base64");
  const publicKey = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`);
  try {
    const secret = diffieHellman({ privateKey, publicKey });
    return secret.some((byte) => byte !== 0) ? secret : undefined;
  } catch {
    return undefined;
  }
}
