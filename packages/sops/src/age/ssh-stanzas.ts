import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import type { Identity, Recipient, Stanza } from "age-encryption";
import type { SshPrivateKey, SshPublicKey } from "./ssh-key.ts";

const RSA_LABEL = Buffer.from("age-encryption.org/v1/ssh-rsa");
const ED25519_LABEL = Buffer.from("age-encryption.org/v1/ssh-ed25519");
const P = 2n ** 255n - 19n;
const NONCE = Buffer.alloc(12);

/** Encrypts for an ssh key as age does (`agessh` of filippo.io/age): the stanza names the key by four bytes of its hash. */
export function sshStanzaRecipient(key: SshPublicKey): Recipient {
  return { wrapFileKey: (fileKey) => [key.type === "ssh-rsa" ? wrapRsa(key, fileKey) : wrapEd25519(key, fileKey)] };
}

/** Opens files encrypted for an ssh key. */
export function sshStanzaIdentity(key: SshPrivateKey): Identity {
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] !== key.type || args[1] !== tag(key)) continue;
        return key.type === "ssh-rsa" ? unwrapRsa(key, body) : unwrapEd25519(key, args[2] ?? "", body);
      }
      return null;
    },
  };
}

function tag({ wire }: SshPublicKey): string {
  return base64(createHash("sha256").update(wire).digest().subarray(0, 4));
}

function wrapRsa(key: SshPublicKey, fileKey: Uint8Array): Stanza {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const body = publicEncrypt({ key: key.key, padding, oaepHash: "sha256", oaepLabel: RSA_LABEL }, fileKey);
  return { args: [key.type, tag(key)], body };
}

function unwrapRsa(key: SshPrivateKey, body: Uint8Array): Uint8Array {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return privateDecrypt({ key: key.privateKey, padding, oaepHash: "sha256", oaepLabel: RSA_LABEL }, body);
}

function wrapEd25519(key: SshPublicKey, fileKey: Uint8Array): Stanza {
  const theirs = montgomery(key.key);
  const secret = scalar(randomBytes(32));
  const share = rawPublic(createPublicKey(secret));
  const shared = exchange(tweak(key), exchange(secret, theirs));
  const cipher = createCipheriv("chacha20-poly1305", wrappingKey(shared, share, theirs), NONCE, { authTagLength: 16 });
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  return { args: [key.type, tag(key), base64(share)], body };
}

function unwrapEd25519(key: SshPrivateKey, shareText: string, body: Uint8Array): Uint8Array {
  const share = Buffer.from(shareText, "base64");
  if (share.length !== 32 || body.length !== 32) throw new Error("a damaged ssh-ed25519 stanza");
  const seed = Buffer.from(key.privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  const secret = scalar(createHash("sha512").update(seed).digest().subarray(0, 32));
  const shared = exchange(tweak(key), exchange(secret, share));
  const wrapping = wrappingKey(shared, share, montgomery(key.key));
  const decipher = createDecipheriv("chacha20-poly1305", wrapping, NONCE, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(16));
  return Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]);
}

/** Ties the exchange to the ssh key rather than to its curve point alone. */
function tweak({ wire }: SshPublicKey): KeyObject {
  return scalar(Buffer.from(hkdfSync("sha256", Buffer.alloc(0), wire, ED25519_LABEL, 32)));
}

function wrappingKey(shared: Buffer, share: Buffer, theirs: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", shared, Buffer.concat([share, theirs]), ED25519_LABEL, 32));
}

function exchange(secret: KeyObject, point: Buffer): Buffer {
  const jwk = { kty: "OKP", crv: "X25519", x: point.toString("base64url") };
  return diffieHellman({ privateKey: secret, publicKey: createPublicKey({ key: jwk, format: "jwk" }) });
}

/** An X25519 private key of 32 raw bytes, in PKCS #8: as JWK it would need its public part, too. */
function scalar(bytes: Uint8Array): KeyObject {
  const head = Buffer.from("302e020100300506032b656e04220420", "hex");
  return createPrivateKey({ key: Buffer.concat([head, bytes]), format: "der", type: "pkcs8" });
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
}

/** The X25519 point of an Ed25519 public key: u = (1 + y) / (1 - y). */
function montgomery(key: KeyObject): Buffer {
  const bytes = rawPublic(key).reverse();
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${bytes.toString("hex")}`);
  const u = ((1n + y) * power((((1n - y) % P) + P) % P, P - 2n)) % P;
  return Buffer.from(u.toString(16).padStart(64, "0"), "hex").reverse();
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [factor, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
