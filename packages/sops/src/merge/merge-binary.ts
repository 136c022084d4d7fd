import { replaceKeys } from "../recipients/replace-keys.ts";
import { decryptBinary } from "../stores/binary-store.ts";
import { type ConflictReason, conflictAt, type Side } from "./conflict.ts";
import type { BothSides, Settings } from "./merge-documents.ts";
import type { KeysMerged, Three } from "./merge-keys.ts";
import { sameKey } from "./open-versions.ts";
import { leafAt, sealBinary } from "./seal-binary.ts";

/** Merges binary files: one value, of which nobody knows the parts. */
export function mergeBinary(three: Three, keys: KeysMerged, settings: Settings): BothSides {
  const verify = settings.ignoreMac !== true;
  const ours = decryptBinary(three.ours.source, three.ours.key, verify);
  const theirs = decryptBinary(three.theirs.source, three.theirs.key, verify);
  const base = three.base && decryptBinary(three.base.source, three.base.key, false);
  const text = (side: Side) => binaryText(three, side, side === "ours" ? ours : theirs, keys, settings);
  const same = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0;
  const only = same(ours, theirs) || same(base, theirs) ? "ours" : same(base, ours) ? "theirs" : undefined;
  if (only !== undefined) {
    const merged = text(only);
    return { ours: merged, theirs: merged, conflicts: [], warnings: [] };
  }
  const reason: ConflictReason = base === undefined ? "both-added" : "both-changed";
  return { ours: text("ours"), theirs: text("theirs"), conflicts: [conflictAt(0, 1, [], reason)], warnings: [] };
}

/** The file with the value of one side. */
function binaryText(
  three: Three,
  side: Side,
  bytes: Uint8Array,
  { key, frame, keys }: KeysMerged,
  { file, lastModified }: Settings,
): string {
  const { source } = three[frame];
  const framed = keys === undefined ? source.text : replaceKeys(source, keys);
  if (framed === source.text && side === frame && sameKey(three[frame].key, key)) return framed;
  const own = leafAt(three[side].source.documents[0]?.root, "data")?.scalar;
  const envelope = sameKey(three[side].key, key) && own?.type === "str" ? own.value : undefined;
  return sealBinary(framed, bytes, key, lastModified, { file, envelope });
}
