import { SopsError } from "../errors.ts";
import { decryptDocuments } from "./decrypt-documents.ts";
import { parseEncrypted } from "./encrypted-file.ts";
import { scalarBytes } from "./scalar.ts";
import { type LeafNode, type MapNode, type Place, walkTree } from "./tree.ts";

interface Opening {
  readonly key: Uint8Array;
  readonly file?: string | undefined;
}

/**
 * Whether a text in sops' layout holds what it was made from. Comments may stand elsewhere in it than where they came
 * from, and sops itself then reads it in another way.
 */
export function readsBack(text: string, roots: readonly MapNode[], { key, file }: Opening): boolean {
  if (!roots.some(holdsComment)) return true;
  try {
    const found = decryptDocuments(parseEncrypted(text, file, "yaml"), key, false).roots;
    return found.length === roots.length && found.every((root, index) => sameBytes(root, roots[index] ?? root));
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

/** What the MAC sees, and where: in sops' layout the float `1.0` becomes the integer `1`. */
function sameBytes(a: MapNode, b: MapNode): boolean {
  const [left, right] = [a, b].map((root) => {
    const leaves: string[] = [];
    const leaf = ({ scalar }: LeafNode, { path }: Place) =>
      void leaves.push(JSON.stringify([path, scalarBytes(scalar).toString("base64")]));
    walkTree(root, { leaf, comment() {} });
    return leaves.join("\n");
  });
  return left === right;
}

export function holdsComment(root: MapNode): boolean {
  let found = false;
  const comment = (): void => {
    found = true;
  };
  walkTree(root, { leaf() {}, comment });
  return found;
}
