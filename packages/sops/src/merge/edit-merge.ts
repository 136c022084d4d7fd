import { SopsError } from "../errors.ts";
import type { Stash } from "../internal/decrypt-documents.ts";
import { encryptDocuments, parsePlain } from "../internal/encrypt-documents.ts";
import { decodeUtf8 } from "../internal/files.ts";
import { utcSeconds } from "../internal/go-time.ts";
import type { ParsedFile } from "../internal/parse-yaml.ts";
import { plainText } from "../internal/plain-text.ts";
import { sameScalar } from "../internal/scalar.ts";
import { walkTree } from "../internal/tree.ts";
import { isPlain, wrappedKeysOf } from "../keys/key-groups.ts";
import { withKeys } from "../recipients/replace-keys.ts";
import { decryptBinary } from "../stores/binary-store.ts";
import { hasMarkers, type MarkerOptions, markConflicts } from "./markers.ts";
import type { ResolveOptions } from "./resolve.ts";
import { sealBinary } from "./seal-binary.ts";
import { openSides, type Sides } from "./unresolved.ts";

/**
 * Finishes a merge in an editor: `change` gets the plaintext with the conflict markers and gives it back without them.
 * The result is encrypted under the key of the merged file with a valid MAC; unchanged values keep their bytes.
 *
 * The plaintext exists in memory only; where `change` puts it is its own business.
 *
 * @throws {@link SopsError} as {@link resolveMerge}, and `unresolved-merge` when markers are left.
 *
 * @example
 * import { decrypt, edit, editMerge, encrypt, generateIdentity, mergeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const identities = [identity];
 * const base = await encrypt({ token: "old" }, { recipients: [recipient] });
 * const change = (token: string) => edit(base, (doc) => doc.set(["token"], token), { identities });
 * const merged = await mergeEncrypted({ base, ours: await change("a"), theirs: await change("b") }, { identities });
 * const text = await editMerge(merged.text, (plain) => plain.replace(/^<[^]*^>.*$/m, "token: a and b"), { identities });
 * console.log((await decrypt(text, { identities })).data); // { token: 'a and b' }
 */
export async function editMerge(
  text: string,
  change: (plaintext: string) => string | Promise<string>,
  options: ResolveOptions & MarkerOptions = {},
): Promise<string> {
  const { file } = options;
  const sides = await openSides(text, options);
  const [ours, theirs] = [plainOf(sides, "ours"), plainOf(sides, "theirs")];
  const edited = await change(markConflicts(ours, theirs, options));
  if (hasMarkers(edited)) {
    throw new SopsError("unresolved-merge", "the edited text still holds conflict markers; nothing was changed", {
      file,
    });
  }
  if (edited === ours && options.ignoreMac !== true) return sides.ours.source.text;
  const lastModified = utcSeconds((options.now ?? (() => new Date()))());
  if (sides.binary)
    return sealBinary(sides.ours.source.text, Buffer.from(edited, "utf8"), sides.key, lastModified, { file });
  return encrypted(edited, sides, lastModified);
}

function plainOf({ binary, key, file, ...sides }: Sides, side: "ours" | "theirs"): string {
  const { source, documents } = sides[side];
  return binary ? decodeUtf8(decryptBinary(source, key, false), file) : plainText(source, documents.roots);
}

function encrypted(plain: string, { ours, theirs, key, format, file }: Sides, lastModified: string): string {
  const { metadata, selector, store } = ours.source;
  const parsed = parsePlain(plain, file, format);
  const { groups, macOnlyEncrypted } = metadata;
  const stash = stashFor(parsed, [ours.documents.stash, theirs.documents.stash]);
  const age = groups[0]?.age ?? [];
  const text = encryptDocuments(parsed, { key, age, selector, macOnlyEncrypted, lastModified, file, store, stash });
  const keys = wrappedKeysOf(metadata);
  return isPlain(keys) ? text : withKeys(text, keys, file, format);
}

/** The envelopes of values that one of the sides has at the same place. */
function stashFor({ documents }: ParsedFile, stashes: readonly Stash[]): Stash {
  const values: Stash["values"] = new Map();
  for (const [document, { root }] of documents.entries()) {
    walkTree(root, {
      leaf({ scalar }, { path }) {
        const name = JSON.stringify([document, ...path]);
        const kept = stashes
          .map((stash) => stash.values.get(name))
          .find((one) => one && sameScalar(one.leaf.scalar, scalar));
        if (kept !== undefined) values.set(name, kept);
      },
      comment: () => undefined,
    });
  }
  return {
    leaves: new Map(),
    values,
    comments: new Map(stashes.toReversed().flatMap(({ comments }) => [...comments])),
  };
}
