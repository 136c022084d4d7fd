import { SopsError } from "../errors.ts";
import { newDataKey, unwrapDataKey } from "../internal/data-key.ts";
import { decryptDocuments } from "../internal/decrypt-documents.ts";
import { encryptDocuments, parsePlain } from "../internal/encrypt-documents.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { readText } from "../internal/files.ts";
import { utcSeconds } from "../internal/go-time.ts";
import { plainText } from "../internal/plain-text.ts";
import { writeAtomic } from "../internal/write-atomic.ts";
import { isPlain, wrapGroups } from "../keys/key-groups.ts";
import { isWrappedBy } from "../keys/master-key.ts";
import { namedKeyOf } from "../keys/named-key.ts";
import type { AgeKey } from "../metadata.ts";
import { decryptBinary, encryptBinary } from "../stores/binary-store.ts";
import { formatOf } from "../stores/format.ts";
import { changedGroups, type RecipientChange, type RecipientOptions } from "./recipient-change.ts";
import { withKeys } from "./replace-keys.ts";

/**
 * Encrypts a file under a new data key: every value gets a new envelope, every recipient a new wrapped key. It is what
 * follows the removal of a recipient; `add` and `remove` do both in one step. The layout stays.
 *
 * Rotation does not reach copies: whoever could open the file before still opens the versions in git, so the secrets
 * themselves must be changed, too, when a key is lost.
 *
 * @throws {@link SopsError} as `decrypt` and `encrypt`; `unsupported-key-type` when the file is also encrypted for keys
 * this package cannot wrap for.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, rotate } from "@idstack/sops";
 * const [mine, former] = [await generateIdentity(), await generateIdentity()];
 * const text = await encrypt({ token: "hunter2" }, { recipients: [mine.recipient, former.recipient] });
 * const rotated = await rotate(text, { identities: [mine.identity], remove: [former.recipient] });
 * console.log((await decrypt(rotated, { identities: [mine.identity] })).data); // { token: 'hunter2' }
 */
export async function rotate(text: string, options: RecipientOptions & RecipientChange = {}): Promise<string> {
  const { file } = options;
  const source = parseEncrypted(text, file, options.format);
  const masterKeys = options.masterKeys ?? [];
  const others = source.metadata.groups.flatMap((group) => group.others);
  if (!others.every((entry) => masterKeys.some((key) => isWrappedBy(entry, key)))) {
    const what = `the file is also encrypted for ${source.metadata.otherKeys.join(", ")}: give their MasterKey, or use the sops program`;
    throw new SopsError("unsupported-key-type", what, { file });
  }
  const namedKeys = source.metadata.groups.map((group) => group.others.map(namedKeyOf));
  const groups = { ...changedGroups(source.metadata, options, file), namedKeys, masterKeys };
  const opened = await unwrapDataKey(source.metadata, options, file);
  const verify = options.ignoreMac !== true;
  const key = newDataKey();
  const lastModified = utcSeconds((options.now ?? (() => new Date()))());
  // Before anything is wrapped: a broken file is found out first.
  const seal = source.store?.format === "binary" ? resealBytes() : resealDocuments();
  const wrapped = await wrapGroups(key, groups, options, file);
  const rotated = seal(wrapped.groups[0] ?? []);
  return isPlain(wrapped) ? rotated : withKeys(rotated, wrapped, file, options.format);

  function resealBytes() {
    const bytes = decryptBinary(source, opened, verify);
    return (age: readonly AgeKey[]) => encryptBinary(bytes, { key, age, lastModified });
  }

  function resealDocuments() {
    const { roots } = decryptDocuments(source, opened, verify);
    const parsed = parsePlain(plainText(source, roots), file, formatOf(options));
    const { selector, store } = source;
    const { macOnlyEncrypted } = source.metadata;
    return (age: readonly AgeKey[]) =>
      encryptDocuments(parsed, { key, age, selector, macOnlyEncrypted, lastModified, file, store });
  }
}

/**
 * Rotates a file in place; see {@link rotate}. The write is atomic: after a failure or an interruption the file is as it
 * was.
 *
 * @throws {@link SopsError} as `rotate`, and `read-failed`, `write-failed`, `file-changed`.
 */
export async function rotateFile(
  path: string,
  options: Omit<RecipientOptions, "file"> & RecipientChange = {},
): Promise<void> {
  const before = await readText(path);
  await writeAtomic(path, await rotate(before, { ...options, file: path }), { expected: before });
}
