import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decryptFile, formatIdentityFile, generateIdentity, SopsError, writeEncrypted } from "@idstack/sops";

/** What the secrets demonstration found. */
export interface SecretsResult {
  readonly ok: boolean;
  readonly recipient: string;
  readonly files: readonly string[];
  /** Files of the rendered tree and of the demonstration that were searched for the plaintext. */
  readonly searched: number;
  readonly leaks: readonly string[];
  readonly keyMode: string;
  readonly decrypted: boolean;
  /** Encrypting the same again changed no byte. */
  readonly stable: boolean;
  /** What the change of one byte of ciphertext is answered with. */
  readonly tampered: string;
}

/**
 * Encrypts throw-away secrets to a throw-away age key, looks for their plaintext everywhere, and reads them back. Key and
 * files lie apart, in a folder that git ignores.
 */
export async function runSecretsDemo(local: string, rendered: string): Promise<SecretsResult> {
  const [keys, secrets] = [join(local, "keys"), join(local, "secrets")];
  await rm(local, { recursive: true, force: true });
  await mkdir(keys, { recursive: true, mode: 0o700 });
  await mkdir(secrets, { recursive: true });

  const identity = await generateIdentity();
  const keyFile = join(keys, "keys.txt");
  await writeFile(keyFile, formatIdentityFile(identity), { mode: 0o600, flag: "wx" });

  const values = {
    "s3-backup": randomBytes(24).toString("base64"),
    "authentik-bootstrap": randomBytes(24).toString("base64"),
  };
  const options = { recipients: [identity.recipient], encryptedRegex: "^(data|stringData)$" };
  const environment = { env: { SOPS_AGE_KEY_FILE: keyFile } };
  let decrypted = true;
  let stable = true;
  for (const [name, value] of Object.entries(values)) {
    const object = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: "security" },
      stringData: { value },
    };
    const file = join(secrets, `${name}.sops.yaml`);
    await writeEncrypted(file, object, { ...options, ...environment });
    const { data } = await decryptFile(file, environment);
    decrypted &&= JSON.stringify(data) === JSON.stringify(object);
    const again = await writeEncrypted(file, object, { ...options, ...environment });
    stable &&= !again;
  }
  const files = (await readdir(secrets)).sort();
  const { leaks, searched } = await search([rendered, secrets], Object.values(values));
  const tampered = await tamper(join(secrets, files[0] ?? ""), environment);
  const keyMode = ((await stat(keyFile)).mode & 0o777).toString(8).padStart(4, "0");
  return {
    ok: decrypted && stable && leaks.length === 0 && keyMode === "0600" && tampered === "mac-mismatch",
    recipient: identity.recipient,
    files,
    searched,
    leaks,
    keyMode,
    decrypted,
    stable,
    tampered,
  };
}

async function search(
  folders: readonly string[],
  plaintexts: readonly string[],
): Promise<{ leaks: string[]; searched: number }> {
  const leaks: string[] = [];
  let searched = 0;
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      searched++;
      const file = join(entry.parentPath, entry.name);
      const text = await readFile(file, "utf8");
      if (plaintexts.some((value) => text.includes(value))) leaks.push(file);
    }
  }
  return { leaks, searched };
}

/** Renames the object, which is in clear and which the MAC covers, and says how decrypting answers. */
async function tamper(file: string, environment: { env: Record<string, string> }): Promise<string> {
  const copy = `${file}.tampered.yaml`;
  await writeFile(copy, (await readFile(file, "utf8")).replace("namespace: security", "namespace: securitx"));
  try {
    await decryptFile(copy, environment);
    return "accepted";
  } catch (error) {
    if (error instanceof SopsError) return error.code;
    throw error;
  } finally {
    await rm(copy);
  }
}
