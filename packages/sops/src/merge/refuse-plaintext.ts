import { SopsError } from "../errors.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { aadOf } from "../internal/envelope.ts";
import { scalarBytes } from "../internal/scalar.ts";
import { type LeafNode, type MapNode, type Place, walkTree } from "../internal/tree.ts";
import type { Settings } from "./merge-documents.ts";
import type { Version } from "./open-versions.ts";

/** A value that is encrypted on the side it comes from must not end up in plaintext. */
export function refusePlaintext(text: string, sides: readonly Version[], settings: Settings): void {
  const known = new Set(
    sides.flatMap(({ source }) => source.documents.flatMap(({ root }) => plainLeaves(source, root))),
  );
  const source = parseEncrypted(text, settings.file, sides[0]?.source.store?.format ?? "yaml");
  const bad = source.documents.flatMap(({ root }) => plainLeaves(source, root)).find((one) => !known.has(one));
  if (bad === undefined) return;
  const path = (JSON.parse(bad) as [string])[0].slice(0, -1).replaceAll(":", ".");
  throw new SopsError(
    "merge-conflict",
    `${path} is encrypted on one side, and the rule or the comments of the other would leave it in plaintext; take one side as a whole and repeat the other's changes`,
    { file: settings.file, path },
  );
}

function plainLeaves(source: EncryptedFile, root: MapNode): string[] {
  const found: string[] = [];
  walkTree(root, {
    leaf({ scalar }: LeafNode, { keys, comments }: Place) {
      if (scalar.type === "null" || source.selector.selects(keys, comments, false)) return;
      found.push(JSON.stringify([aadOf(keys), scalar.type, scalarBytes(scalar).toString("latin1")]));
    },
    comment: () => undefined,
  });
  return found;
}
