import { mkdir, realpath } from "node:fs/promises";
import type { Diagnostic } from "../diagnostic.ts";
import { compareText } from "../internal/plain.ts";
import type { ObjectRef } from "../kube-object.ts";
import { ManifestError } from "../manifest-error.ts";
import { type Comparison, compare, type TreeCode } from "./compare.ts";
import { removeFile, writeAtomically } from "./files.ts";
import { type OwnedFile, ownershipText, readOwnership, textHash } from "./ownership.ts";
import { ownershipPath } from "./paths.ts";
import { refKey, type TreePlan } from "./plan-tree.ts";

/** Options of {@link writeTree}. */
export interface WriteOptions {
  /** Only report; write nothing. */
  readonly check?: boolean | undefined;
  /** Overwrite and remove files that were edited by hand, and overwrite files of others. Links stay refused. */
  readonly force?: boolean | undefined;
}

/** What {@link writeTree} did, or with `check` would do. Paths are relative to the root and sorted. */
export interface TreeReport {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Objects of an earlier tree that are in no file now. With pruning off they keep running until someone deletes them. */
  readonly departed: readonly ObjectRef[];
  /** How the folder differed from the plan. Errors mean that it was out of date; warnings are files of others. */
  readonly drift: readonly Diagnostic<TreeCode>[];
}

/**
 * Makes a folder hold what a plan says.
 *
 * What was written is recorded in `.idstack/tree.json` (commit it with the rest): only files recorded there are ever
 * removed, a file that is not is never overwritten, and one that was edited by hand since is neither, unless `force`
 * is set. A file with the planned text is taken over as it is. Each file is written atomically; no link is followed.
 * Everything is checked before the first write.
 *
 * @throws ManifestError `foreign-file`, `edited-file`, `symlink` or `broken-ownership`, before anything is written;
 *   errors of `node:fs` as they are.
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 * import { planTree, writeTree } from "@idstack/manifests";
 * const root = await mkdtemp("tree-");
 * const plan = planTree([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } }]);
 * console.log((await writeTree(root, plan)).written); // [ '_cluster/namespace-apps.yaml' ]
 * console.log((await writeTree(root, plan, { check: true })).drift); // []
 * ```
 */
export async function writeTree(root: string, plan: TreePlan, options: WriteOptions = {}): Promise<TreeReport> {
  if (options.check !== true) await mkdir(root, { recursive: true });
  const base = await realpath(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return root;
    throw error;
  });
  const owned = await readOwnership(base);
  const found = await compare(base, plan, owned);
  const report = summary(plan, owned, found);
  if (options.check === true) return report;
  if (options.force !== true) refuse(found);
  const next = new Map(plan.files.map(({ path, text, objects }) => [path, { sha256: textHash(text), objects }]));
  const manifest = ownershipText(next);
  if (found.changed.length > 0 || found.stale.length > 0) await writeFiles(base, owned, next, found);
  if (manifest !== ownershipText(owned) || owned.size === 0) await writeAtomically(base, ownershipPath, manifest);
  return report;
}

/** First a manifest that owns the old and the new state, so that an interrupted run can be repeated. */
async function writeFiles(
  root: string,
  owned: ReadonlyMap<string, OwnedFile>,
  next: ReadonlyMap<string, OwnedFile>,
  { changed, stale }: Comparison,
): Promise<void> {
  const journal = new Map(owned);
  for (const [path, file] of next) {
    const before = owned.get(path);
    journal.set(path, before === undefined || before.sha256 === file.sha256 ? file : { ...file, was: before.sha256 });
  }
  await writeAtomically(root, ownershipPath, ownershipText(journal));
  for (const { path, text, mode } of changed) await writeAtomically(root, path, text, mode);
  for (const path of stale) await removeFile(root, path);
}

function refuse({ foreign, edited }: Comparison): void {
  if (foreign.length > 0) {
    const message = `not written by this tree, so not overwritten: ${foreign.join(", ")}`;
    throw new ManifestError("foreign-file", message, { paths: foreign });
  }
  if (edited.length > 0) {
    const message = `edited by hand since it was written, so neither overwritten nor removed: ${edited.join(", ")}`;
    throw new ManifestError("edited-file", message, { paths: edited });
  }
}

function summary(plan: TreePlan, owned: ReadonlyMap<string, OwnedFile>, found: Comparison): TreeReport {
  const present = new Set(plan.files.flatMap(({ objects }) => objects.map(refKey)));
  const earlier = new Map(
    [...owned.values()].flatMap(({ objects }) => objects.map((ref) => [refKey(ref), ref] as const)),
  );
  const departed = [...earlier].filter(([key]) => !present.has(key)).sort(([a], [b]) => compareText(a, b));
  return {
    written: found.changed.map(({ path }) => path),
    unchanged: found.unchanged,
    removed: found.stale.toSorted(compareText),
    departed: departed.map(([, ref]) => ref),
    drift: found.drift,
  };
}
