import { createHash, generateKeyPairSync } from "node:crypto";
import { encrypt, generateIdentity } from "../../../src/index.ts";

/**
 * Keys and tokens made when the tests run: the repository holds none, and scanners of it find none. They open nothing.
 */
export const mine = await generateIdentity();
export const yours = await generateIdentity();
export const third = await generateIdentity();
export const hybrid = await generateIdentity({ postQuantum: true });

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters that look random and are the same in every run. */
export function letters(seed: string, length: number, alphabet = ALPHANUMERIC): string {
  const bytes = createHash("shake256", { outputLength: length }).update(seed).digest();
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
}

export const hex = (seed: string, length: number) => letters(seed, length, "0123456789abcdef");
export const upper = (seed: string, length: number) => letters(seed, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");

const pkcs8 = { format: "pem", type: "pkcs8" } as const;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");

export const pem = {
  ec: ec.privateKey.export({ format: "pem", type: "sec1" }).toString(),
  rsa: rsa.privateKey.export({ format: "pem", type: "pkcs1" }).toString(),
  ed25519: ed25519.privateKey.export(pkcs8).toString(),
  encrypted: ec.privateKey.export({ ...pkcs8, cipher: "aes-256-cbc", passphrase: "x" }).toString(),
  public: ec.publicKey.export({ format: "pem", type: "spki" }).toString(),
};
export const jwk = rsa.privateKey.export({ format: "jwk" });
export const publicJwk = rsa.publicKey.export({ format: "jwk" });
/** The layout of OpenSSH; what is inside is not a key of anybody. */
export const openssh = armored("OPENSSH PRIVATE KEY", "openssh-key-v1", 400);
export const pgp = armored("PGP PRIVATE KEY BLOCK", "pgp", 600);
export const certificate = armored("CERTIFICATE", "certificate", 600);
export const sshPublic = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from("ssh-ed25519"),
  Buffer.from([0, 0, 0, 32]),
  ed25519.publicKey.export({ format: "der", type: "spki" }).subarray(-32),
]).toString("base64")}`;

function armored(label: string, seed: string, bytes: number): string {
  const body = createHash("shake256", { outputLength: bytes }).update(seed).digest("base64");
  return `-----BEGIN ${label}-----\n${body.replace(/.{64}/g, "$&\n").trim()}\n-----END ${label}-----\n`;
}

export const indent = (text: string, by = "    ") => text.trimEnd().replace(/^/gm, by);

/** A Kubernetes Secret with `stringData`. */
export const secret = (name = "db", value = "hunter2") =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  user: shop\n  password: ${value}\n`;

export const KUBERNETES = { recipients: [mine.recipient], encryptedRegex: "^(data|stringData)$" };
/** Encrypted as the guides of Flux and Argo CD say. */
export const sealedSecret = await encrypt(secret(), KUBERNETES);

/** A `.sops.yaml` at the top of the tree. */
export function config(rule: string, age: string = mine.recipient) {
  return { path: ".sops.yaml", text: `creation_rules:\n  - age: ${age}\n${rule}` };
}
