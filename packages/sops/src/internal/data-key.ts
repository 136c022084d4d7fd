import { randomBytes } from "node:crypto";
import { armor, Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { type FoundIdentity, type KeySourceOptions, readKeySources } from "../age/key-sources.ts";
import { recipientProblem } from "../age/recipients.ts";
import { SopsError, type TriedSource } from "../errors.ts";
import type { AgeKey, SopsMetadata } from "../metadata.ts";

const LENGTH = 32;

export function newDataKey(): Uint8Array {
  return randomBytes(LENGTH);
}

/** Wraps the data key once per recipient, each in an age file of its own, as sops does. */
export async function wrapDataKey(key: Uint8Array, recipients: readonly string[], file?: string): Promise<AgeKey[]> {
  const unique = [...new Set(recipients.map((recipient) => recipient.trim()))].filter((recipient) => recipient !== "");
  if (unique.length === 0)
    throw new SopsError("no-recipients", "no recipient is given: nobody could open the file", { file });
  for (const recipient of unique) {
    const problem = recipientProblem(recipient);
    if (problem === undefined) continue;
    // A private key in the place of a recipient must not travel on in a message.
    const name = recipient.startsWith("AGE-") ? "a recipient" : `recipient ${recipient}`;
    throw new SopsError("invalid-recipient", `${name} ${problem}`, { file });
  }
  return await Promise.all(
    unique.map(async (recipient) => {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      return { recipient, enc: armor.encode(await encrypter.encrypt(key)) };
    }),
  );
}

/** Opens the data key with the first identity that fits. */
export async function unwrapDataKey(
  metadata: SopsMetadata,
  options: KeySourceOptions,
  file?: string,
): Promise<Uint8Array> {
  if (metadata.keyGroups > 1) {
    const what = `the file needs keys of ${metadata.keyGroups} key groups, which is not supported yet: use the sops program`;
    throw new SopsError("unsupported-key-type", what, { file });
  }
  const sources = await readKeySources(options);
  const tried: TriedSource[] = [...sources.tried];
  for (const found of sources.identities) {
    const outcome = await tryIdentity(found, metadata.age);
    if (outcome instanceof Uint8Array) return outcome;
    tried.push({ source: found.source, reason: outcome });
  }
  throw new SopsError("no-identity-matches", explain(metadata, tried), { file, tried });
}

async function tryIdentity({ identity }: FoundIdentity, keys: readonly AgeKey[]): Promise<Uint8Array | string> {
  let recipient: string;
  const decrypter = new Decrypter();
  try {
    recipient = await identityToRecipient(identity);
    decrypter.addIdentity(identity);
  } catch {
    return "an identity has a wrong checksum or length";
  }
  // The recipient is only a label: entries with this label are tried first, the others after them.
  const ordered = [...keys].sort((a, b) => Number(b.recipient === recipient) - Number(a.recipient === recipient));
  let damaged = false;
  for (const { recipient: label, enc } of ordered) {
    try {
      const key = await decrypter.decrypt(armor.decode(enc));
      if (key.length === LENGTH) return key;
      damaged = true;
    } catch {
      damaged ||= label === recipient;
    }
  }
  if (damaged) return `its recipient ${recipient} is listed, but the wrapped key is damaged`;
  return `its recipient ${recipient} is not among the file's`;
}

function explain(metadata: SopsMetadata, tried: readonly TriedSource[]): string {
  const recipients = metadata.age.map((key) => key.recipient);
  const lines = tried.map(({ source, reason }) => `\n  ${source}: ${reason}`);
  const other = metadata.otherKeys.length === 0 ? "" : ` and ${metadata.otherKeys.join(", ")} (not supported yet)`;
  const list = recipients.length === 0 ? "no age recipient" : recipients.join(", ");
  return `no identity opens the file, which is encrypted for ${list}${other}${lines.join("")}`;
}
