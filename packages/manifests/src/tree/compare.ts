import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostic } from "../diagnostic.ts";
import { compareText } from "../internal/plain.ts";
import { type ExistingFile, readExisting } from "./files.ts";
import { type OwnedFile, textHash } from "./ownership.ts";
import { ownFolder } from "./paths.ts";
import type { PlannedFile, TreePlan } from "./plan-tree.ts";

/** Every code of a {@link TreeReport}'s `drift`. */
export type TreeCode =
  /** A planned file is not there. */
  | "tree-missing"
  /** A file has another text than planned: it is out of date, or was edited by hand. */
  | "tree-changed"
  /** A file with secrets can be read by others. */
  | "tree-mode"
  /** A file written earlier is no longer planned, so its objects are still applied. */
  | "tree-stale"
  /** A manifest that was never written by this tree: it is applied together with the others. */
  | "tree-foreign";

/** How the files of a root differ from a plan. */
export interface Comparison {
  readonly changed: readonly PlannedFile[];
  readonly unchanged: readonly string[];
  readonly stale: readonly string[];
  /** Owned files whose text is neither what was written nor what is planned. */
  readonly edited: readonly string[];
  /** Files of others where a planned one would be written. */
  readonly foreign: readonly string[];
  readonly drift: readonly Diagnostic<TreeCode>[];
}

/** Compares without writing. */
export async function compare(
  root: string,
  plan: TreePlan,
  owned: ReadonlyMap<string, OwnedFile>,
): Promise<Comparison> {
  const changed: PlannedFile[] = [];
  const unchanged: string[] = [];
  const stale: string[] = [];
  const edited: string[] = [];
  const foreign: string[] = [];
  const drift: Diagnostic<TreeCode>[] = [];
  for (const file of plan.files) {
    const existing = await readExisting(root, file.path);
    const owner = owned.get(file.path);
    const finding = difference(file, existing, owner);
    if (finding === undefined) unchanged.push(file.path);
    else {
      changed.push(file);
      drift.push(finding);
      if (existing !== undefined && textHash(existing.text) !== textHash(file.text)) {
        if (owner === undefined) foreign.push(file.path);
        else if (isEdited(existing, owner)) edited.push(file.path);
      }
    }
  }
  const planned = new Set(plan.files.map(({ path }) => path));
  for (const [path, owner] of owned) {
    const existing = planned.has(path) ? undefined : await readExisting(root, path);
    if (existing === undefined) continue;
    stale.push(path);
    if (isEdited(existing, owner)) edited.push(path);
    drift.push({
      code: "tree-stale",
      severity: "error",
      message: "this file is no longer part of the tree",
      file: path,
      help: "Render again to remove it.",
    });
  }
  for (const path of await manifestsBelow(root)) {
    if (planned.has(path) || owned.has(path)) continue;
    drift.push({
      code: "tree-foreign",
      severity: "warning",
      message: "this manifest was not written by the tree, but is applied together with it",
      file: path,
      help: "Move it to another folder, or declare what it holds.",
    });
  }
  return {
    changed,
    unchanged,
    stale,
    edited,
    foreign,
    drift: drift.sort((a, b) => compareText(a.file ?? "", b.file ?? "")),
  };
}

function isEdited({ text }: ExistingFile, { sha256, was }: OwnedFile): boolean {
  const hash = textHash(text);
  return hash !== sha256 && hash !== was;
}

function difference(
  file: PlannedFile,
  existing: ExistingFile | undefined,
  owner: OwnedFile | undefined,
): Diagnostic<TreeCode> | undefined {
  const base = { severity: "error", file: file.path } as const;
  if (existing === undefined) {
    return {
      ...base,
      code: "tree-missing",
      message: "this file of the tree is missing",
      help: "Render again to write it.",
    };
  }
  if (textHash(existing.text) !== textHash(file.text)) {
    const edited = owner !== undefined && isEdited(existing, owner);
    return {
      ...base,
      code: "tree-changed",
      line: firstDifference(existing.text, file.text),
      column: 1,
      message: edited ? "this file was edited by hand since it was written" : "this file is out of date",
      help: edited ? "Put the change into the declaration; rendering with force overwrites it." : "Render again.",
    };
  }
  if (file.mode !== undefined && existing.mode !== file.mode) {
    const message = `this file has the permissions ${existing.mode.toString(8)} instead of ${file.mode.toString(8)}`;
    return { ...base, code: "tree-mode", message, help: "Render again." };
  }
  return undefined;
}

function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split(/\r?\n/), b.split(/\r?\n/)];
  const index = left.findIndex((line, at) => line !== right[at]);
  return (index < 0 ? left.length - 1 : index) + 1;
}

/** Manifests below the root, links not followed. */
async function manifestsBelow(root: string, folder = ""): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => compareText(a.name, b.name))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && ![".git", "node_modules", ownFolder].includes(entry.name))
      found.push(...(await manifestsBelow(root, path)));
    else if (!entry.isDirectory() && /\.(?:ya?ml|json)$/i.test(entry.name)) found.push(path);
  }
  return found;
}
