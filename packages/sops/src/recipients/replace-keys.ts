import { SopsError } from "../errors.ts";
import { dataOf, fromData } from "../internal/data-tree.ts";
import { emitScalar, emitTree } from "../internal/emit.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { applyPatches, type Patch } from "../internal/patch.ts";
import { blockSpan } from "../internal/plain-text.ts";
import { columnAt, lineStart } from "../internal/position.ts";
import { str } from "../internal/scalar.ts";
import { type EntryItem, entriesOf, type MapNode } from "../internal/tree.ts";
import type { WrappedGroups } from "../keys/key-groups.ts";
import type { AgeKey, OtherKey } from "../metadata.ts";
import type { SopsFormat } from "../stores/format.ts";

const KEY_FIELDS = ["age", "key_groups", "shamir_threshold"];
const OTHER_FIELDS = ["azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp"];

/** The same file with other wrapped keys. Values, MAC and time stay as they are; keys of other kinds do, too. */
export function replaceKeys(source: EncryptedFile, keys: WrappedGroups): string {
  const { store, text } = source;
  if (keys.groups.length > 1 && keys.groupOthers === undefined && source.metadata.otherKeys.length > 0) {
    const what = `the file is encrypted for ${source.metadata.otherKeys.join(", ")}, too, which cannot be put into key groups here`;
    throw new SopsError("unsupported-key-type", what, { file: source.file });
  }
  const [document] = source.documents;
  if (store !== undefined && document?.block !== undefined) {
    const metadata = metadataOf(document.block, keys);
    if (!store.inPlace) return store.emit(document.root, metadata);
    const patches = store.dropMetadata(text, document.root, document.block);
    return applyPatches(text, [...patches, store.addMetadata(text, document.root, metadata)]);
  }
  const patches = source.documents.flatMap(({ block }): Patch[] =>
    block === undefined ? [] : [blockPatch(source, block, keys)],
  );
  return applyPatches(text, patches);
}

/** As {@link replaceKeys}, for a text. */
export function withKeys(text: string, keys: WrappedGroups, file?: string, format?: SopsFormat): string {
  return replaceKeys(parseEncrypted(text, file, format), keys);
}

/** Lines of everything but the keys keep their bytes; they are ordered by name, as sops 3.13 orders them. */
function blockPatch({ text, file }: EncryptedFile, block: EntryItem, keys: WrappedGroups): Patch {
  const start = block.keySpan?.start;
  const end = blockSpan(text, block.value);
  const entries = block.value.kind === "map" && block.value.flow !== true ? entriesOf(block.value) : [];
  const first = entries[0]?.keySpan?.start;
  if (start === undefined || end === undefined || first === undefined) {
    throw new SopsError("unsupported-yaml", "the layout of the sops block cannot be edited", { file });
  }
  const lines = entries.map(({ key, keySpan, value }, index): readonly [string, string] => {
    const from = lineStart(text, keySpan?.start ?? first);
    const next = entries[index + 1]?.keySpan?.start;
    const empty = value.kind === "list" && value.items.length === 0;
    return [key, empty ? "" : text.slice(from, next === undefined ? end : lineStart(text, next))];
  });
  const kept = lines.filter(([key]) => !isReplaced(key, keys));
  const column = columnAt(text, first);
  const added = [...keyLines(keys, column), ...otherLines(keys.others ?? [], column)];
  const sorted = [...kept, ...added].sort(([a], [b]) => (a < b ? -1 : 1));
  return { start: lineStart(text, first), end, text: sorted.map(([, line]) => line).join("") };
}

/** The keys in the indentation of go-yaml, for entries that start at a column. */
function keyLines({ groups, threshold, groupOthers }: WrappedGroups, column: number): (readonly [string, string])[] {
  const pad = " ".repeat(column);
  const [only = []] = groups;
  if (groups.length === 1)
    return [
      [
        "age",
        `${pad}age:${only.length === 0 ? " []" : ""}\n${only.map((key) => ageLines(key, `${pad}    `)).join("")}`,
      ],
    ];
  const lines = groups.map((group, index) => {
    const age = group.map((key) => ageLines(key, `${pad}        `)).join("");
    const fields = [
      ["age", age],
      ...otherLists(groupOthers?.[index] ?? []).map(([kind, list]) => [kind, indented(list, column + 4)]),
    ];
    if (!fields.some(([kind]) => kind === "hc_vault")) fields.push(["hc_vault", ""]);
    const text = fields.sort().map(([kind, list]) => `${pad}      ${kind}:${list === "" ? " []" : ""}\n${list}`);
    return text.join("").replace(`${pad}      `, `${pad}    - `);
  });
  return [
    ["key_groups", `${pad}key_groups:\n${lines.join("")}`],
    ["shamir_threshold", `${pad}shamir_threshold: ${threshold}\n`],
  ];
}

function otherLines(others: readonly OtherKey[], column: number): (readonly [string, string])[] {
  return otherLists(others).map(([kind, list]) => [kind, `${" ".repeat(column)}${kind}:\n${indented(list, column)}`]);
}

/** The entries of each kind as lines of a list, indented by four. */
function otherLists(others: readonly OtherKey[]): (readonly [string, string])[] {
  return [...Map.groupBy(others, ({ kind }) => kind)].map(([kind, entries]) => {
    const text = emitTree(fromData({ _: entries.map(entryFields) }) as MapNode, 4);
    return [kind, text.slice(text.indexOf("\n") + 1)];
  });
}

function entryFields({ enc, fields, context }: OtherKey): Record<string, unknown> {
  const all = { ...fields, enc, ...(context === undefined ? {} : { context: { ...context } }) };
  return Object.fromEntries(Object.entries(all).sort());
}

function indented(text: string, column: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(column));
}

/** Keys of other kinds are replaced only by others of the kind, or when all of them are known. */
function isReplaced(name: string, { others, complete, groupOthers }: WrappedGroups): boolean {
  if (KEY_FIELDS.includes(name)) return true;
  if (complete === true || groupOthers !== undefined) return OTHER_FIELDS.includes(name);
  return others?.some(({ kind }) => kind === name) ?? false;
}

function ageLines({ enc, recipient }: AgeKey, pad: string): string {
  const armor = enc.trimEnd().split("\n");
  const body = armor.map((line) => `${pad}    ${line}\n`).join("");
  return `${pad}- enc: |\n${body}${pad}  recipient: ${emitScalar(str(recipient))}\n`;
}

/** The metadata as sops 3.13 orders it: by name. */
function metadataOf(block: EntryItem, keys: WrappedGroups): MapNode {
  if (block.value.kind !== "map") return { kind: "map", items: [] };
  const { groups, threshold, others = [], groupOthers } = keys;
  const rest = entriesOf(block.value)
    .filter(({ key, value }) => !isReplaced(key, keys) && !(value.kind === "list" && value.items.length === 0))
    // Copies without positions: the tree is written anew.
    .map(({ key, value }): EntryItem => ({ kind: "entry", key, value: fromData(dataOf(value)) }));
  const age = (group: WrappedGroups["groups"][number]) => group.map(({ enc, recipient }) => ({ enc, recipient }));
  const [only = []] = groups;
  const fields: Record<string, unknown> =
    groups.length === 1
      ? { age: age(only) }
      : {
          key_groups: groups.map((group, index) => {
            const lists = { age: age(group), hc_vault: [], ...byKind(groupOthers?.[index] ?? []) };
            return Object.fromEntries(Object.entries(lists).sort(([a], [b]) => (a < b ? -1 : 1)));
          }),
          shamir_threshold: threshold,
        };
  Object.assign(fields, byKind(others));
  const items = [...entriesOf(fromData(fields) as MapNode), ...rest];
  return { kind: "map", items: items.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

function byKind(others: readonly OtherKey[]): Record<string, unknown[]> {
  const kinds = [...Map.groupBy(others, ({ kind }) => kind)];
  return Object.fromEntries(kinds.map(([kind, entries]) => [kind, entries.map(entryFields)]));
}
