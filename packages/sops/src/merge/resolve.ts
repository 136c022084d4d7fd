import type { SopsValue } from "../data.ts";
import type { DecryptOptions } from "../decrypt.ts";
import { SopsError } from "../errors.ts";
import { dataOf, fromData } from "../internal/data-tree.ts";
import type { Stash } from "../internal/decrypt-documents.ts";
import { deleteAt, getAt, type KeyPath, setAt } from "../internal/edit-tree.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { utcSeconds } from "../internal/go-time.ts";
import { rewriteFile, withMac } from "../internal/rewrite-file.ts";
import type { MapNode } from "../internal/tree.ts";
import { decryptBinary } from "../stores/binary-store.ts";
import { adopter } from "./adopt.ts";
import { conflictAt, type Side } from "./conflict.ts";
import { differences } from "./differences.ts";
import { hasMarkers } from "./markers.ts";
import { sealBinary } from "./seal-binary.ts";
import { openSides, type Sides } from "./unresolved.ts";

/** A place at which the two sides of an unresolved file differ. It holds plaintext: keep it out of logs. */
export interface UnresolvedConflict {
  readonly path: string;
  readonly keys: KeyPath;
  readonly document: number;
  /** Undefined where a side deleted it. */
  readonly ours: SopsValue | undefined;
  readonly theirs: SopsValue | undefined;
}

/** One side, or another value altogether. */
export type Choice = Side | { readonly value: SopsValue | object };

/** For all conflicts at once, or for each of them. */
export type Choose = Side | ((conflict: UnresolvedConflict) => Choice | Promise<Choice>);

export interface ResolveOptions extends Omit<DecryptOptions, "emit"> {
  /** Time of the new `lastmodified`. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/**
 * Whether a text holds the conflict markers of an unresolved merge. Needs no key.
 *
 * @example
 * import { isUnresolved } from "@idstack/sops";
 * console.log(isUnresolved("<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n")); // true
 */
export function isUnresolved(text: string): boolean {
  return hasMarkers(text);
}

/**
 * Finishes a merge that left conflicts: takes one side of all of them, or decides for each, and writes a valid MAC. What
 * the sides agree about stays as it was merged.
 *
 * Both sides are verified first. Blocks that were edited by hand fail that with `mac-mismatch`; look at the file, then
 * pass `ignoreMac`.
 *
 * @throws {@link SopsError} as `decrypt`, and as `edit` for a value that cannot be set.
 *
 * @example
 * import { decrypt, edit, encrypt, generateIdentity, mergeEncrypted, resolveMerge } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const identities = [identity];
 * const base = await encrypt({ user: "web", token: "old" }, { recipients: [recipient] });
 * const change = (token: string) => edit(base, (doc) => doc.set(["token"], token), { identities });
 * const merged = await mergeEncrypted({ base, ours: await change("a"), theirs: await change("b") }, { identities });
 * console.log(merged.conflicts[0]?.path); // token
 * const text = await resolveMerge(merged.text, "theirs", { identities });
 * console.log((await decrypt(text, { identities })).data); // { user: 'web', token: 'b' }
 */
export async function resolveMerge(text: string, choose: Choose, options: ResolveOptions = {}): Promise<string> {
  const sides = await openSides(text, options);
  const lastModified = utcSeconds((options.now ?? (() => new Date()))());
  const finish = (resolved: string) => (options.ignoreMac === true ? remade(resolved, sides, lastModified) : resolved);
  if (typeof choose === "string") return finish(sides[choose].source.text);
  if (sides.binary) return finish(await chosenBytes(sides, choose, lastModified));
  const { ours, theirs } = sides;
  const roots = [...ours.documents.roots];
  const stash: Stash = { ...ours.documents.stash };
  const adopt = adopter(theirs.documents, true, stash);
  let [mine, yours] = [true, true];
  const places = differences(roots, theirs.documents.roots);
  if (places === undefined) return finish(await chosenWhole(sides, choose));
  for (const { document, keys } of places) {
    const [left, right] = [getAt(roots[document], keys), getAt(theirs.documents.roots[document], keys)];
    const data = { ours: left && dataOf(left), theirs: right && dataOf(right) };
    const { path } = conflictAt(document, roots.length, keys, "both-changed");
    const choice = await choose({ path, keys, document, ...data });
    if (choice !== "ours") mine = false;
    if (choice !== "theirs") yours = false;
    const value = choice === "ours" ? left : choice === "theirs" ? right && adopt(right) : fromData(choice.value, keys);
    if (choice !== "ours") roots[document] = place(roots[document] ?? EMPTY, keys, value);
  }
  if (mine || yours) return finish((mine ? ours : theirs).source.text);
  return rewriteFile(ours.source, { ...ours.documents, stash }, roots, sides.key, lastModified);
}

const EMPTY: MapNode = { kind: "map", items: [] };

function place(root: MapNode, keys: KeyPath, value: ReturnType<typeof getAt>): MapNode {
  return value === undefined ? deleteAt(root, keys) : setAt(root, keys, value);
}

function remade(text: string, { key, format, file, binary }: Sides, lastModified: string): string {
  const source = parseEncrypted(text, file, format);
  return binary
    ? sealBinary(text, decryptBinary(source, key, false), key, lastModified, { file })
    : withMac(source, key, lastModified);
}

/** Documents that only one side has: a choice between the two files. */
async function chosenWhole({ ours, theirs, file }: Sides, choose: Exclude<Choose, Side>): Promise<string> {
  const { path } = conflictAt(0, 2, [], "both-changed");
  const data = (version: Sides["ours"]) => version.documents.roots.map(dataOf);
  const choice = await choose({ path, keys: [], document: 0, ours: data(ours), theirs: data(theirs) });
  if (choice === "ours") return ours.source.text;
  if (choice === "theirs") return theirs.source.text;
  throw new SopsError("path-conflict", "the sides differ in their number of documents: take one, or edit the text", {
    file,
  });
}

async function chosenBytes(sides: Sides, choose: Exclude<Choose, Side>, lastModified: string): Promise<string> {
  const { ours, theirs, key, file } = sides;
  const [mine, yours] = [decryptBinary(ours.source, key, false), decryptBinary(theirs.source, key, false)];
  if (Buffer.compare(mine, yours) === 0) return ours.source.text;
  const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
  const { path } = conflictAt(0, 1, [], "both-changed");
  const choice = await choose({ path, keys: [], document: 0, ours: shown(mine), theirs: shown(yours) });
  if (choice === "ours" || choice === "theirs") return sides[choice].source.text;
  const { value } = choice;
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  if (bytes instanceof Uint8Array) return sealBinary(ours.source.text, bytes, key, lastModified, { file });
  throw new SopsError("unsupported-value", "a binary file is made of text or of bytes", { file });
}
