import { createDecipheriv, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { bcryptPbkdf } from "./bcrypt-pbkdf.ts";

const MAGIC = Buffer.from("openssh-key-v1\0");

/** A public ssh key of one of the two kinds age knows. */
export interface SshPublicKey {
  readonly type: "ssh-ed25519" | "ssh-rsa";
  /** The key in ssh's own encoding, the middle field of a `.pub` line. */
  readonly wire: Buffer;
  readonly key: KeyObject;
}

export interface SshPrivateKey extends SshPublicKey {
  readonly privateKey: KeyObject;
}

/** Reads a line of a `.pub` file. @throws TypeError with the reason, which never quotes the key. */
export function parseSshPublicKey(line: string): SshPublicKey {
  const [type = "", body = ""] = line.trim().split(/\s+/);
  const wire = Buffer.from(body, "base64");
  const reader = new Reader(wire);
  if (reader.string().toString("latin1") !== type) throw new TypeError("is a damaged ssh public key");
  return fromWire(type, reader);
}

/**
 * Reads a private key in OpenSSH's format or as PEM.
 *
 * @throws TypeError with the reason, which never quotes the key.
 */
export function parseSshPrivateKey(text: string, passphrase?: string): SshPrivateKey {
  const openSsh = openSshBytes(text);
  return openSsh === undefined ? fromPem(text, passphrase) : fromOpenSsh(openSsh, passphrase);
}

/** Whether a private key asks for a passphrase. */
export function isProtectedSshKey(text: string): boolean {
  const openSsh = openSshBytes(text);
  if (openSsh !== undefined) return openSsh.subarray(MAGIC.length + 4, MAGIC.length + 8).toString("latin1") !== "none";
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
}

function openSshBytes(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text)?.[1];
  return body === undefined ? undefined : Buffer.from(body, "base64");
}

/** `ssh-ed25519 AAAA…`, without a comment. */
export function sshRecipient({ type, wire }: SshPublicKey): string {
  return `${type} ${wire.toString("base64")}`;
}

function fromPem(text: string, passphrase: string | undefined): SshPrivateKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new TypeError(passphrase === undefined ? "is no private key" : "is not opened by the passphrase");
  }
  const key = createPublicKey(privateKey);
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty === "RSA") {
    const wire = encode(Buffer.from("ssh-rsa"), integer(jwk.e), integer(jwk.n));
    return { type: "ssh-rsa", wire, key, privateKey };
  }
  if (jwk.crv !== "Ed25519") throw new TypeError("is neither an ssh-ed25519 nor an ssh-rsa key");
  return { type: "ssh-ed25519", wire: encode(Buffer.from("ssh-ed25519"), raw(jwk.x)), key, privateKey };
}

function fromOpenSsh(bytes: Buffer, passphrase: string | undefined): SshPrivateKey {
  const outer = openSshReader(bytes);
  const cipher = outer.string().toString("latin1");
  const kdf = outer.string().toString("latin1");
  const kdfOptions = outer.string();
  if (outer.uint32() !== 1) throw new TypeError("holds more than one ssh key");
  outer.string();
  const body = outer.string();
  const inner = new Reader(cipher === "none" ? body : unlocked(body, cipher, kdf, kdfOptions, passphrase ?? ""));
  const [check, again] = [inner.uint32(), inner.uint32()];
  if (check !== again)
    throw new TypeError(cipher === "none" ? "is a damaged ssh private key" : "is not opened by the passphrase");
  const type = inner.string().toString("latin1");
  if (type === "ssh-ed25519") return ed25519(inner);
  if (type === "ssh-rsa") return rsa(inner);
  throw new TypeError("is neither an ssh-ed25519 nor an ssh-rsa key");
}

function openSshReader(bytes: Buffer): Reader {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new TypeError("is a damaged ssh private key");
  return new Reader(bytes.subarray(MAGIC.length));
}

function unlocked(body: Buffer, cipher: string, kdf: string, kdfOptions: Buffer, passphrase: string): Buffer {
  if (kdf !== "bcrypt" || !/^aes256-(?:ctr|cbc)$/.test(cipher)) {
    throw new TypeError("is an ssh key protected in a way that is not supported: ssh-keygen -p can change that");
  }
  const options = new Reader(kdfOptions);
  const salt = options.string();
  const rounds = options.uint32();
  // ssh-keygen takes 16 or 24; more than this is an attempt to keep us busy.
  if (rounds < 1 || rounds > 1000) throw new TypeError("is a damaged ssh private key");
  const key = bcryptPbkdf(passphrase, salt, 48, rounds);
  const decipher = createDecipheriv(cipher.replace("aes256", "aes-256"), key.subarray(0, 32), key.subarray(32));
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

function ed25519(reader: Reader): SshPrivateKey {
  const point = reader.string();
  const seed = reader.string().subarray(0, 32);
  const x = point.toString("base64url");
  const jwk = { kty: "OKP", crv: "Ed25519", x, d: seed.toString("base64url") };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  const wire = encode(Buffer.from("ssh-ed25519"), point);
  return { type: "ssh-ed25519", wire, key: createPublicKey(privateKey), privateKey };
}

function rsa(reader: Reader): SshPrivateKey {
  const [n, e, d, qi, p, q] = [0, 1, 2, 3, 4, 5].map(() => reader.string()) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const big = (value: Buffer) => BigInt(`0x${value.toString("hex")}`);
  const text = (value: Buffer | bigint) => {
    const hex = (typeof value === "bigint" ? value : big(value)).toString(16);
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
  };
  const [dp, dq] = [big(d) % (big(p) - 1n), big(d) % (big(q) - 1n)];
  const jwk = { n: text(n), e: text(e), d: text(d), p: text(p), q: text(q), dp: text(dp), dq: text(dq), qi: text(qi) };
  const privateKey = createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
  return { type: "ssh-rsa", wire: encode(Buffer.from("ssh-rsa"), e, n), key: createPublicKey(privateKey), privateKey };
}

function fromWire(type: string, reader: Reader): SshPublicKey {
  const { bytes: wire } = reader;
  if (type === "ssh-ed25519") {
    const point = reader.string();
    if (point.length !== 32 || !reader.ended) throw new TypeError("is a damaged ssh public key");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: point.toString("base64url") }, format: "jwk" });
    return { type, wire, key };
  }
  if (type !== "ssh-rsa") throw new TypeError("is an ssh key of a kind age does not take: use ssh-ed25519 or ssh-rsa");
  const [e, n] = [reader.string(), reader.string()];
  const strip = (value: Buffer) => (value[0] === 0 ? value.subarray(1) : value);
  if (!reader.ended) throw new TypeError("is a damaged ssh public key");
  if (strip(n).length < 256) throw new TypeError("is an RSA key of less than 2048 bits, which age refuses");
  const jwk = { kty: "RSA", n: strip(n).toString("base64url"), e: strip(e).toString("base64url") };
  return { type, wire, key: createPublicKey({ key: jwk, format: "jwk" }) };
}

function encode(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

function raw(value: string | undefined): Buffer {
  return Buffer.from(value ?? "", "base64url");
}

/** ssh integers are signed: a high first bit needs a zero byte in front. */
function integer(value: string | undefined): Buffer {
  const bytes = raw(value);
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

class Reader {
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.bytes.length;
  }

  uint32(): number {
    if (this.#at + 4 > this.bytes.length) throw new TypeError("is a damaged ssh key");
    this.#at += 4;
    return this.bytes.readUInt32BE(this.#at - 4);
  }

  string(): Buffer {
    const length = this.uint32();
    if (this.#at + length > this.bytes.length) throw new TypeError("is a damaged ssh key");
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}
