import { canonicalBlock, isCanonical } from "../stores/canonical-block.ts";
import { emitGoYaml } from "../stores/emit-go-yaml.ts";
import { type EncryptedFile, parseEncrypted } from "./encrypted-file.ts";
import { applyPatches, type Patch } from "./patch.ts";
import { blockSpan } from "./plain-text.ts";
import { columnAt, lineStart } from "./position.ts";
import type { EntryItem, MapNode } from "./tree.ts";

/** The file with its metadata in the layout of sops 3.13; the bytes of everything else, and of such metadata, stay. */
export function renewMetadata(file: EncryptedFile): EncryptedFile {
  const { store, text, documents } = file;
  const [first] = documents;
  const block = first?.block?.value;
  if (first?.block === undefined || block?.kind !== "map" || isCanonical(block)) return file;
  const metadata = canonicalBlock(block);
  let renewed: string;
  if (store === undefined) {
    const patches = documents.flatMap(({ block: own, root }) => (own === undefined ? [] : yamlPatch(file, root, own)));
    renewed = applyPatches(text, patches);
  } else if (store.inPlace) {
    const dropped = store.dropMetadata(text, first.root, first.block);
    renewed = applyPatches(text, [...dropped, store.addMetadata(text, first.root, metadata)]);
  } else {
    renewed = store.emit(first.root, metadata);
  }
  return parseEncrypted(renewed, file.file, store?.format ?? "yaml");
}

function yamlPatch({ text }: EncryptedFile, root: MapNode, block: EntryItem): Patch[] {
  const end = blockSpan(text, block.value);
  const start = block.keySpan?.start;
  if (root.flow === true || block.value.kind !== "map" || start === undefined || end === undefined) return [];
  const own = emitGoYaml([{ kind: "map", items: [{ ...block, value: canonicalBlock(block.value) }] }]);
  const pad = " ".repeat(columnAt(text, start));
  return [{ start: lineStart(text, start), end, text: own.replace(/^(?=.)/gm, pad) }];
}
