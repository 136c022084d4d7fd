import { SopsError } from "../errors.ts";
import type { SopsMetadata } from "../metadata.ts";
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
  readonly documents: readonly EncryptedDocument[];
  readonly metadata: SopsMetadata;
  readonly selector: Selector;
}

/** Parses an encrypted file; needs no key. The metadata is that of the first document, as in sops. */
export function parseEncrypted(text: string, file?: string): EncryptedFile {
  requireYaml(file);
  const parsed = parseYaml(text, file);
  const documents = parsed.documents.map(splitBlock);
  const block = documents[0]?.block;
  if (block === undefined)
    throw new SopsError("not-encrypted", "the file has no sops block: it is not encrypted", { file });
  const where = { file, ...(block.keySpan && positionAt(text, block.keySpan.start)) };
  if (block.value.kind !== "map") throw new SopsError("invalid-metadata", "the sops block is not a mapping", where);
  const metadata = readMetadataBlock(block.value, where);
  return { text, file, documents, metadata, selector: selectorOf(metadata.selection, where) };
}

function splitBlock(document: ParsedFile["documents"][number]): EncryptedDocument {
  const block = entryOf(document.root, "sops");
  const root = { ...document.root, items: document.root.items.filter((item) => item !== block) };
  return { root, block, end: document.end, rewrite: document.rewrite };
}

/** The other stores of SOPS have other rules; reading them as YAML would be wrong without a word. */
export function requireYaml(file: string | undefined): void {
  const extension = /\.(json|env|ini|txt|bin)$/i.exec(file ?? "")?.[1];
  if (extension === undefined) return;
  throw new SopsError("unsupported-format", `only YAML files are supported yet, not .${extension.toLowerCase()}`, {
    file,
  });
}
