import { SopsError } from "../errors.ts";
import { refuseMarkers } from "../merge/markers.ts";
import type { SopsMetadata } from "../metadata.ts";
import { formatOf, type SopsFormat } from "../stores/format.ts";
import type { Store } from "../stores/store.ts";
import { storeFor } from "../stores/stores.ts";
import { readMetadataBlock } from "./metadata-block.ts";
import { type ParsedFile, parseYaml } from "./parse-yaml.ts";
import { positionAt } from "./position.ts";
import { type Selector, selectorOf } from "./selector.ts";
import { type EntryItem, entryOf, type MapNode } from "./tree.ts";

/** One document of an encrypted file, apart from its copy of the `sops` block. */
export interface EncryptedDocument {
  readonly root: MapNode;
  readonly block: EntryItem | undefined;
  readonly end: number;
  readonly rewrite: boolean;
}

export interface EncryptedFile {
  readonly text: string;
  readonly file: string | undefined;
  /** Undefined for YAML. */
  readonly store?: Store | undefined;
  readonly documents: readonly EncryptedDocument[];
  readonly metadata: SopsMetadata;
  readonly selector: Selector;
}

/** Parses an encrypted file; needs no key. The metadata is that of the first document, as in sops. */
export function parseEncrypted(text: string, file?: string, format?: SopsFormat): EncryptedFile {
  refuseMarkers(text, file);
  const store = storeFor(formatOf({ file, format }));
  const parsed = store?.parse(text, file) ?? parseYaml(text, file);
  const documents = parsed.documents.map((document) => splitBlock(document, text, store, file));
  const block = documents[0]?.block;
  if (block === undefined)
    throw new SopsError("not-encrypted", "the file has no sops block: it is not encrypted", { file });
  const where = { file, ...(block.keySpan && positionAt(text, block.keySpan.start)) };
  if (block.value.kind !== "map") throw new SopsError("invalid-metadata", "the sops block is not a mapping", where);
  const metadata = readMetadataBlock(block.value, where);
  return { text, file, store, documents, metadata, selector: selectorOf(metadata.selection, where) };
}

function splitBlock(
  document: ParsedFile["documents"][number],
  text: string,
  store: Store | undefined,
  file: string | undefined,
): EncryptedDocument {
  const { end, rewrite } = document;
  if (store !== undefined) return { ...store.split(document.root, text, file), end, rewrite };
  const block = entryOf(document.root, "sops");
  const root = { ...document.root, items: document.root.items.filter((item) => item !== block) };
  return { root, block, end, rewrite };
}
