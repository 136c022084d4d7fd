import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { type Authority, newRoot } from "../internal/x509/authority.ts";
import { fieldsOf } from "../internal/x509/fields.ts";
import { newKeyPair } from "../internal/x509/mint.ts";

/** The keys of a development trust domain. */
export interface DevCa {
  readonly x509: Authority;
  readonly jwtKey: KeyObject;
}

/** A CA that lives as long as the process. */
export function memoryCa(trustDomain: TrustDomain, now: number): DevCa {
  return { x509: newRoot(trustDomain, now), jwtKey: newKeyPair().privateKey };
}

/**
 * Loads the CA of a directory, or makes one there: the directory is 0700, keys are 0600.
 *
 * @throws SpiffeError `ca-directory`
 */
export async function directoryCa(directory: string, trustDomain: TrustDomain, now: number): Promise<DevCa> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const paths = {
    key: join(directory, "ca.key.pem"),
    certificate: join(directory, "ca.crt.pem"),
    jwt: join(directory, "jwt.key.pem"),
  };
  const [key, certificate, jwt] = await Promise.all([
    readKey(paths.key),
    readText(paths.certificate),
    readKey(paths.jwt),
  ]);
  if (key !== undefined && certificate !== undefined && jwt !== undefined) {
    return { x509: loadRoot(paths.certificate, certificate, key, trustDomain, now), jwtKey: jwt };
  }
  const made = memoryCa(trustDomain, now);
  await writePrivate(paths.key, made.x509.privateKey.export({ type: "pkcs8", format: "pem" }));
  await writePrivate(paths.jwt, made.jwtKey.export({ type: "pkcs8", format: "pem" }));
  await writePrivate(paths.certificate, made.x509.certificate.toString());
  return made;
}

function loadRoot(file: string, pem: string, privateKey: KeyObject, trustDomain: TrustDomain, now: number): Authority {
  const certificate = new X509Certificate(pem);
  const { subjectAltName, notAfter } = fieldsOf(certificate);
  const [owner] = subjectAltName?.uris ?? [];
  if (owner !== trustDomain.idString) throw unusable(file, `it is the CA of ${owner}, not of ${trustDomain.idString}`);
  if (notAfter < now) throw unusable(file, "it has expired");
  if (!certificate.checkPrivateKey(privateKey)) throw unusable(file, "the key beside it is not its key");
  return { certificate, privateKey, name: `${trustDomain} root`, chain: [] };
}

async function readKey(file: string): Promise<KeyObject | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) throw unusable(file, "others may read it; its mode has to be 0600");
  try {
    return createPrivateKey(text);
  } catch {
    throw unusable(file, "it is no private key");
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written beside and renamed: a process that dies half-way leaves no half key. */
async function writePrivate(file: string, content: string | Buffer): Promise<void> {
  // Not the process id: in a container every process has the same one, and meets its predecessor's draft.
  const draft = `${file}.${randomUUID()}.tmp`;
  await writeFile(draft, content, { mode: 0o600, flag: "wx" });
  await rename(draft, file);
}

function unusable(file: string, reason: string): SpiffeError {
  return new SpiffeError("ca-directory", `${file}: ${reason}; remove the directory to start afresh`);
}
