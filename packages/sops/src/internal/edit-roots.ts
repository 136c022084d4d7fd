import type { EditOptions } from "../edit.ts";
import { sameTree } from "./compare-trees.ts";
import { unwrapDataKey } from "./data-key.ts";
import { decryptDocuments } from "./decrypt-documents.ts";
import { parseEncrypted } from "./encrypted-file.ts";
import { utcSeconds } from "./go-time.ts";
import { rewriteFile } from "./rewrite-file.ts";
import type { MapNode } from "./tree.ts";

/** Decrypts a text, lets `change` replace trees, and writes what differs. Without a difference the text is as it was. */
export async function editRoots(
  text: string,
  options: EditOptions,
  change: (roots: MapNode[]) => void | Promise<void>,
): Promise<string> {
  const source = parseEncrypted(text, options.file, options.format);
  const key = await unwrapDataKey(source.metadata, options, options.file);
  const before = decryptDocuments(source, key, options.ignoreMac !== true);
  const roots = [...before.roots];
  await change(roots);
  const unchanged = (root: MapNode, index: number): boolean =>
    root === before.roots[index] || sameTree(root, before.roots[index] ?? root, false);
  if (roots.every(unchanged)) return text;
  return rewriteFile(source, before, roots, key, utcSeconds((options.now ?? (() => new Date()))()), options.emit);
}
