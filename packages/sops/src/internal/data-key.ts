import { randomBytes } from "node:crypto";
import { decodeArmor } from "../age/armor.ts";
import { type KeyRing, openKeyRing } from "../age/key-ring.ts";
import type { FoundIdentity, KeySourceOptions, Sources } from "../age/key-sources.ts";
import type { PluginOptions } from "../age/plugin.ts";
import { ageRecipient, recipientKey, recipientProblem } from "../age/recipients.ts";
import { openX25519File, sealX25519File } from "../age/x25519-file.ts";
import { x25519Recipient } from "../age/x25519-key.ts";
import { SopsError, type TriedSource } from "../errors.ts";
import { isWrappedBy, type MasterKey, masterKeyName } from "../keys/master-key.ts";
import { combineShares } from "../keys/shamir.ts";
import type { AgeKey, OtherKey, SopsMetadata } from "../metadata.ts";
import { shownKey } from "./shown-key.ts";

const LENGTH = 32;

export function newDataKey(): Uint8Array {
  return randomBytes(LENGTH);
}

/** Wraps the data key once per recipient, each in an age file of its own, as sops does. */
export async function wrapDataKey(
  key: Uint8Array,
  recipients: readonly string[],
  file?: string,
  options: PluginOptions = {},
): Promise<AgeKey[]> {
  const unique = uniqueRecipients(recipients);
  if (unique.length === 0)
    throw new SopsError("no-recipients", "no recipient is given: nobody could open the file", { file });
  for (const recipient of unique) {
    const problem = recipientProblem(recipient);
    if (problem === undefined) continue;
    // A private key in the place of a recipient must not travel on in a message.
    const name = /^AGE-|^-----/.test(recipient) ? "a recipient" : `recipient ${recipient}`;
    throw new SopsError("invalid-recipient", `${name} ${problem}`, { file });
  }
  return await Promise.all(
    unique.map(async (recipient) => {
      const point = x25519Recipient(recipient);
      const enc = point && sealX25519File(key, point);
      if (enc !== undefined) return { recipient, enc };
      // Only where it is needed: it takes longer to load than everything else here.
      const { armor, Encrypter } = await import("age-encryption");
      const encrypter = new Encrypter();
      encrypter.addRecipient(ageRecipient(recipient, options));
      try {
        return { recipient, enc: armor.encode(await encrypter.encrypt(key)) };
      } catch (error) {
        const why =
          error instanceof Error && error.message.startsWith("age-plugin-") ? error.message : "cannot be used";
        throw new SopsError("invalid-recipient", `recipient ${recipient}: ${why}`, { file });
      }
    }),
  );
}

/** Trimmed, in order, each key once. */
export function uniqueRecipients(recipients: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const recipient of recipients) {
    const key = recipientKey(recipient);
    if (key !== "" && !found.has(key)) found.set(key, recipient.trim());
  }
  return [...found.values()];
}

/** Opens the data key with the first identity that fits; with several key groups, with one for as many as are needed. */
export async function unwrapDataKey(
  metadata: SopsMetadata,
  options: KeySourceOptions,
  file?: string,
): Promise<Uint8Array> {
  const ring = options.keyRing ?? openKeyRing(options);
  const tried: TriedSource[] = [];
  const several = metadata.groups.length > 1;
  const needed = several ? Math.min(metadata.shamirThreshold ?? metadata.groups.length, metadata.groups.length) : 1;
  const opened: Uint8Array[] = [];
  const length = several ? LENGTH + 1 : LENGTH;
  for (const { age, others } of metadata.groups) {
    if (opened.length === needed) break;
    const byAge = await openGroup(age, ring, length, tried);
    const part = byAge ?? (await openOthers(others, options.masterKeys ?? [], length, tried));
    if (part !== undefined) opened.push(part);
  }
  const key = several ? combineShares(opened) : opened[0];
  if (opened.length === needed && key !== undefined) return key;
  const distinct = tried.filter(
    (one, index) => tried.findIndex(({ source, reason }) => source === one.source && reason === one.reason) === index,
  );
  const groups = several ? `${opened.length} of the ${needed} key groups that are needed can be opened; ` : "";
  throw new SopsError("no-identity-matches", groups + explain(metadata, distinct), { file, tried: distinct });
}

async function openGroup(
  age: readonly AgeKey[],
  ring: KeyRing,
  length: number,
  tried: TriedSource[],
): Promise<Uint8Array | undefined> {
  const key = await openWith(await ring.sources(), age, length, tried);
  if (key !== undefined) return key;
  for (const { recipient } of age) {
    const sources = await ring.command(recipient);
    const found = sources && (await openWith(sources, age, length, tried));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function openOthers(
  others: readonly OtherKey[],
  masterKeys: readonly MasterKey[],
  length: number,
  tried: TriedSource[],
): Promise<Uint8Array | undefined> {
  for (const masterKey of masterKeys) {
    const source = masterKeyName(masterKey);
    const own = others.filter((entry) => isWrappedBy(entry, masterKey));
    if (own.length === 0) tried.push({ source, reason: "is not among the keys of the file" });
    for (const { enc } of own) {
      try {
        const key = await masterKey.unwrap(enc);
        if (key.length === length) return key;
        tried.push({ source, reason: "gave a key of a wrong length" });
      } catch (error) {
        tried.push({ source, reason: error instanceof Error ? error.message : "failed" });
      }
    }
  }
  return undefined;
}

async function openWith(
  sources: Sources,
  keys: readonly AgeKey[],
  length: number,
  tried: TriedSource[],
): Promise<Uint8Array | undefined> {
  tried.push(...sources.tried);
  // Those the file names go first: any other would try every entry in vain.
  const named = ({ recipient }: FoundIdentity) => keys.some((key) => recipientKey(key.recipient) === recipient);
  for (const found of [...sources.identities].sort((a, b) => Number(named(b)) - Number(named(a)))) {
    const outcome = await tryIdentity(found, keys, length);
    if (outcome instanceof Uint8Array) return outcome;
    tried.push({ source: found.source, reason: outcome });
  }
  return undefined;
}

async function tryIdentity(
  { identity, recipient, x25519 }: FoundIdentity,
  keys: readonly AgeKey[],
  length: number,
): Promise<Uint8Array | string> {
  const decrypt = async (enc: string): Promise<Uint8Array | null> => {
    const opened = x25519 && openX25519File(enc, x25519);
    if (opened !== undefined) return opened;
    const { Decrypter } = await import("age-encryption");
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(await decodeArmor(enc));
  };
  // The recipient is only a label: entries with this label are tried first, the others after them.
  const own = ({ recipient: label }: AgeKey) => recipient !== undefined && recipientKey(label) === recipient;
  const ordered = [...keys].sort((a, b) => Number(own(b)) - Number(own(a)));
  let damaged = false;
  let plugin: string | undefined;
  for (const entry of ordered) {
    try {
      const key = await decrypt(entry.enc);
      if (key?.length === length) return key;
      damaged ||= key !== null || own(entry);
    } catch (error) {
      damaged ||= own(entry);
      if (error instanceof Error && error.message.startsWith("age-plugin-")) plugin = error.message;
    }
  }
  if (recipient === undefined) return plugin ?? "its plugin opens none of the file's recipients";
  if (damaged) return `its recipient ${recipient} is listed, but the wrapped key is damaged`;
  return `its recipient ${recipient} is not among the file's`;
}

function explain(metadata: SopsMetadata, tried: readonly TriedSource[]): string {
  const recipients = metadata.age.map((key) => key.recipient);
  const lines = tried.map(({ source, reason }) => `\n  ${source}: ${reason}`);
  const other =
    metadata.otherKeys.length === 0
      ? ""
      : ` and ${metadata.otherKeys.join(", ")} (which need a MasterKey or the sops program)`;
  const list = recipients.length === 0 ? "no age recipient" : recipients.map(shownKey).join(", ");
  return `no identity opens the file, which is encrypted for ${list}${other}${lines.join("")}`;
}
