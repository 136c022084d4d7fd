import type { DecryptOptions } from "../decrypt.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { MergeConflict, Side } from "./conflict.ts";
import type { KeysMerged, Three } from "./merge-keys.ts";
import { MergeWriter } from "./merge-writer.ts";
import { decryptVersion } from "./open-versions.ts";
import { refusePlaintext } from "./refuse-plaintext.ts";

export interface Settings extends Omit<DecryptOptions, "emit"> {
  readonly lastModified: string;
}

/** The whole file with the values of either side at places of conflict; the same text twice when there are none. */
export interface BothSides {
  readonly ours: string;
  readonly theirs: string;
  readonly conflicts: readonly MergeConflict[];
  readonly warnings: readonly Diagnostic[];
}

/** Merges everything but binary files. */
export function mergeDocuments(three: Three, keys: KeysMerged, settings: Settings): BothSides {
  const verify = settings.ignoreMac !== true;
  const sides = { ours: decryptVersion(three.ours, verify), theirs: decryptVersion(three.theirs, verify) };
  // It only tells who changed what, and may come from a time when somebody edited it by hand.
  const base = three.base && decryptVersion(three.base, false);
  const frame = sides[keys.frame];
  const other = sides[keys.frame === "ours" ? "theirs" : "ours"];
  const writer = new MergeWriter(base, frame, other, keys, settings);
  const merged = (favor: Side) => writer.merge(favor === keys.frame ? "ours" : "theirs");
  const first = merged("ours");
  const conflicts = first.conflicts.map((conflict) => (keys.frame === "ours" ? conflict : swapped(conflict)));
  const ours = writer.write(first.roots, [sides.ours, sides.theirs]);
  refusePlaintext(ours, [sides.ours, sides.theirs], settings);
  const warnings = writer.lostComments(ours);
  if (conflicts.length === 0) return { ours, theirs: ours, conflicts, warnings };
  const theirs = writer.change(ours, merged("theirs").roots);
  refusePlaintext(theirs, [sides.ours, sides.theirs], settings);
  return { ours, theirs, conflicts, warnings };
}

function swapped(conflict: MergeConflict): MergeConflict {
  const { reason } = conflict;
  if (reason === "ours-deleted") return { ...conflict, reason: "theirs-deleted" };
  return reason === "theirs-deleted" ? { ...conflict, reason: "ours-deleted" } : conflict;
}
