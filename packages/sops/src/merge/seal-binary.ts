import { parseEncrypted } from "../internal/encrypted-file.ts";
import { sealBytes } from "../internal/envelope.ts";
import { Mac } from "../internal/mac.ts";
import { applyPatches } from "../internal/patch.ts";
import { entryOf, type LeafNode } from "../internal/tree.ts";

/** A binary file with other bytes and their MAC; `envelope` when they are sealed already. */
export function sealBinary(
  text: string,
  bytes: Uint8Array,
  key: Uint8Array,
  lastModified: string,
  options: { readonly file?: string | undefined; readonly envelope?: string | undefined } = {},
): string {
  const source = parseEncrypted(text, options.file, "binary");
  const mac = new Mac(source.metadata.macOnlyEncrypted);
  mac.addBytes(bytes);
  const [document] = source.documents;
  const envelope = options.envelope ?? sealBytes(bytes, key, "data:", "str");
  const sealedMac = sealBytes(Buffer.from(mac.digest()), key, lastModified, "str");
  return applyPatches(text, [
    { ...spanAt(document?.root, "data"), text: JSON.stringify(envelope) },
    { ...spanAt(document?.block?.value, "mac"), text: JSON.stringify(sealedMac) },
    { ...spanAt(document?.block?.value, "lastmodified"), text: JSON.stringify(lastModified) },
  ]);
}

type Node = Parameters<typeof entryOf>[0] | { readonly kind: "list" | "leaf" } | undefined;

export function leafAt(node: Node, key: string): LeafNode | undefined {
  const value = node?.kind === "map" ? entryOf(node, key)?.value : undefined;
  return value?.kind === "leaf" ? value : undefined;
}

function spanAt(node: Node, key: string): { readonly start: number; readonly end: number } {
  return leafAt(node, key)?.span ?? { start: 0, end: 0 };
}
