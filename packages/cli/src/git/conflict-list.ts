import type { ConflictReason, MergeConflict } from "@idstack/sops";

const reasons: Readonly<Record<ConflictReason, string>> = {
  "both-changed": "changed on both sides",
  "both-added": "added on both sides, with different values",
  "ours-deleted": "deleted in ours, changed in theirs",
  "theirs-deleted": "changed in ours, deleted in theirs",
};

/** The places of conflict, one per line; values are not named. */
export function conflictList(conflicts: readonly MergeConflict[]): string {
  const lines = conflicts.map(({ path, reason }) => `  ${path}: ${reasons[reason]}\n`);
  return `${conflicts.length} conflict${conflicts.length === 1 ? "" : "s"}\n${lines.join("")}`;
}
