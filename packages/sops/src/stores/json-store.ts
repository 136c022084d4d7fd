import { entriesOf, entryOf, type MapNode } from "../internal/tree.ts";
import { JsonDiff } from "./diff-json.ts";
import { emitJson, emitJsonScalar } from "./emit-json.ts";
import { JsonParser } from "./parse-json.ts";
import type { Store } from "./store.ts";

/** JSON: one object, keys in order, the metadata under `sops`. */
export const jsonStore: Store = {
  format: "json",
  inPlace: true,
  parse(text, file) {
    const root = new JsonParser(text, file).document();
    return { text, documents: [{ root, end: root.span?.end ?? text.length, rewrite: false }] };
  },
  split(root) {
    const block = entryOf(root, "sops");
    return { root: { ...root, items: root.items.filter((item) => item !== block) }, block };
  },
  leaf: emitJsonScalar,
  emit(root, metadata, indent) {
    const items = metadata === undefined ? root.items : [...root.items, sopsEntry(metadata)];
    return `${emitJson({ ...root, items }, "", spaces(indent))}\n`;
  },
  addMetadata(text, root, metadata) {
    const indent = indentOf(text, root);
    const last = entriesOf(root).at(-1);
    const block = `"sops": ${emitJson(metadata, indent, indent)}`;
    const at = last?.value.span?.end ?? (root.span?.start ?? 0) + 1;
    return { start: at, end: at, text: last === undefined ? block : `,\n${indent}${block}` };
  },
  dropMetadata(_text, root, block) {
    const start = block.keySpan?.start;
    const end = block.value.span?.end;
    if (start === undefined || end === undefined) return [];
    const entries = entriesOf(root);
    const before = entries.findLast(({ keySpan }) => keySpan !== undefined && keySpan.start < start);
    if (before?.value.span !== undefined) return [{ start: before.value.span.end, end, text: "" }];
    return [{ start, end: entries[0]?.keySpan?.start ?? end, text: "" }];
  },
  diff(text, before, after, seal) {
    return new JsonDiff(text, indentOf(text, before), seal).node(before, after);
  },
};

function sopsEntry(metadata: MapNode): MapNode["items"][number] {
  return { kind: "entry", key: "sops", value: metadata };
}

/** What a level is indented by; sops has a tab. */
export function spaces(indent: number | undefined): string {
  return indent === undefined || indent < 0 ? "\t" : " ".repeat(indent);
}

/** What the first entry is indented by, when it has a line of its own; sops' tab otherwise. */
function indentOf(text: string, root: MapNode): string {
  const start = entriesOf(root)[0]?.keySpan?.start ?? 0;
  return /\n([ \t]+)$/.exec(text.slice(0, start))?.[1] ?? "\t";
}
