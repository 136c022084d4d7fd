import type { KeyPath } from "../internal/edit-tree.ts";
import { formatKeyPath } from "../internal/position.ts";

/** One of the two versions that are merged: git's `HEAD` (`ours`) and what is merged into it (`theirs`). */
export type Side = "ours" | "theirs";

/** How two versions contradict each other at a place. */
export type ConflictReason = "both-changed" | "both-added" | "ours-deleted" | "theirs-deleted";

/** A place that both sides changed, and not in the same way. It names the place, never a value. */
export interface MergeConflict {
  /** Key path as people read it, `stringData.token`; in a file of several documents with the document in front. */
  readonly path: string;
  readonly keys: KeyPath;
  /** Index of the document, 0 in most files. */
  readonly document: number;
  readonly reason: ConflictReason;
}

export function conflictAt(document: number, documents: number, keys: KeyPath, reason: ConflictReason): MergeConflict {
  const shown = formatKeyPath(keys);
  const path = documents > 1 ? `document ${document + 1}${shown === "" ? "" : `, ${shown}`}` : shown;
  return { path: path === "" ? "the whole file" : path, keys, document, reason };
}
