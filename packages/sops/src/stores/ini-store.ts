import { positionAt } from "../internal/position.ts";
import { type Scalar, str } from "../internal/scalar.ts";
import { type EntryItem, entriesOf, entryOf, type LeafNode } from "../internal/tree.ts";
import { emitIni, emitIniValue } from "./emit-ini.ts";
import { flatScalar } from "./flat-scalar.ts";
import { flatten, unflatten } from "./flatten.ts";
import { IniParser } from "./parse-ini.ts";
import type { Store } from "./store.ts";

/** INI: sections of strings, the metadata flat in the section `sops`. Written in sops' own layout. */
export const iniStore: Store = {
  format: "ini",
  inPlace: false,
  parse(text, file) {
    const root = new IniParser(text, file).document();
    return { text, documents: [{ root, end: text.length, rewrite: false }] };
  },
  split(root, text, file) {
    const section = entryOf(root, "sops");
    if (section?.value.kind !== "map") return { root, block: undefined };
    const entries = entriesOf(section.value).map(
      (entry): EntryItem => ({
        ...entry,
        value: withScalar(entry.value as LeafNode, (v) => v.replaceAll("\\n", "\n")),
      }),
    );
    const value = unflatten(entries, { file, ...positionAt(text, section.keySpan?.start ?? 0) });
    return { root: { ...root, items: root.items.filter((item) => item !== section) }, block: { ...section, value } };
  },
  leaf: (scalar, path) => emitIniValue({ kind: "leaf", scalar }, path),
  emit(root, metadata) {
    if (metadata === undefined) return emitIni(root);
    const items = flatten(metadata).map(
      ({ key, leaf }): EntryItem => ({
        kind: "entry",
        key,
        value: withScalar(leaf, (value) => value.replaceAll("\n", "\\n")),
      }),
    );
    return emitIni({ ...root, items: [...root.items, { kind: "entry", key: "sops", value: { kind: "map", items } }] });
  },
  addMetadata: notInPlace,
  dropMetadata: notInPlace,
  diff: () => undefined,
};

function withScalar(leaf: LeafNode, change: (text: string) => string): LeafNode {
  const scalar: Scalar = str(change(flatScalar(leaf.scalar, [])));
  return { ...leaf, scalar };
}

function notInPlace(): never {
  throw new TypeError("INI files are written as a whole");
}
