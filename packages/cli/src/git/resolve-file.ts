import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Choice, Choose, MergeVersions, ResolveOptions, SopsFormat } from "@idstack/sops";
import { CliError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { keySources } from "../sops/sources.ts";
import { conflictList } from "./conflict-list.ts";
import { editConflicts } from "./edit-conflicts.ts";
import { runGit } from "./run-git.ts";

/** What becomes of the conflicts of a file. */
export interface Resolution {
  readonly side?: "ours" | "theirs" | "edit" | undefined;
  /** Places that get another side than the rest. */
  readonly take: ReadonlyMap<string, "ours" | "theirs">;
  /** Merge the versions in git's index again, whatever is in the file. */
  readonly again: boolean;
  readonly ignoreMac: boolean;
  readonly format?: SopsFormat | undefined;
  /** Print one JSON document. */
  readonly json: boolean;
}

/**
 * Finishes the merge of an encrypted file, in one step: the file is either as it was or resolved.
 *
 * @returns 0 when it is resolved, 1 when conflicts are left.
 */
export async function resolveFile(file: string, resolution: Resolution, io: Io): Promise<number> {
  const { isUnresolved, openKeyRing, replaceFile } = await import("@idstack/sops");
  const path = resolve(io.cwd, file);
  const before = await readFile(path);
  const { ignoreMac, format, again } = resolution;
  const options = { keyRing: openKeyRing(keySources(io)), file, format, ignoreMac };
  const merged = again ? await mergeAgain(path, file, options, io) : before.toString("utf8");
  const open = isUnresolved(merged);
  if (!open && !again && !ignoreMac) {
    throw new CliError("sops-file", `${file} holds no conflict markers; --again merges the versions in git's index`);
  }
  const { text: resolved, left } =
    open || ignoreMac ? await finish(merged, file, resolution, options, io) : { text: merged, left: [] };
  if (resolved !== undefined) await replaceFile(path, resolved, { expected: before });
  else if (again) await replaceFile(path, merged, { expected: before });
  const done = resolved !== undefined;
  if (resolution.json) io.out.write(`${JSON.stringify({ file, resolved: done, unresolved: left }, null, 2)}\n`);
  else if (done) io.out.write(`${file} is resolved; git add ${file} when it is what you want\n`);
  else io.err.write(unresolvedText(file, left, again));
  return done ? exitCodes.ok : exitCodes.findings;
}

function unresolvedText(file: string, left: readonly string[], again: boolean): string {
  const how = `Choose with --ours, --theirs, --edit or --take ${left[0]}=theirs${again ? "" : "; nothing was changed"}.`;
  return `idstack: ${file}: ${left.length} unresolved: ${left.join(", ")}\n${how}\n`;
}

/** No text where nothing was chosen for some of the conflicts. */
async function finish(
  text: string,
  file: string,
  { side, take }: Resolution,
  options: ResolveOptions,
  io: Io,
): Promise<{ readonly text: string | undefined; readonly left: readonly string[] }> {
  const { resolveMerge } = await import("@idstack/sops");
  if (side === "edit") return { text: await editConflicts(text, file, options, io), left: [] };
  const left: string[] = [];
  const known = new Set<string>();
  const choose: Choose = ({ path }): Choice => {
    known.add(path);
    const choice = take.get(path) ?? side;
    if (choice === undefined) left.push(path);
    return choice ?? "ours";
  };
  const resolved = await resolveMerge(text, take.size === 0 && side !== undefined ? side : choose, options);
  const unknown = [...take.keys()].find((path) => !known.has(path));
  if (unknown !== undefined) {
    const places = [...known].join(", ");
    throw new CliError("sops-file", `--take ${unknown}: there is no conflict at that path; there is one at ${places}`);
  }
  return { text: left.length === 0 ? resolved : undefined, left };
}

async function mergeAgain(path: string, file: string, options: ResolveOptions, io: Io): Promise<string> {
  const { mergeEncrypted } = await import("@idstack/sops");
  const { text, conflicts } = await mergeEncrypted(await stagesOf(path, file, io), options);
  if (conflicts.length > 0) io.err.write(`idstack: ${file}: ${conflictList(conflicts)}`);
  return text;
}

/** The versions git keeps in its index while a file is unmerged. */
async function stagesOf(path: string, file: string, io: Io): Promise<MergeVersions> {
  const git = { cwd: dirname(path), env: io.env };
  const { stdout } = await runGit(["ls-files", "--unmerged", "-z", "--", path], git);
  const stages = new Map<string, string>();
  for (const line of stdout.toString().split("\0")) {
    const [, blob, stage] = /^\d+ (\w+) (\d)\t/.exec(line) ?? [];
    if (blob !== undefined && stage !== undefined) stages.set(stage, blob);
  }
  const version = async (stage: string): Promise<string | undefined> => {
    const blob = stages.get(stage);
    return blob === undefined ? undefined : (await runGit(["cat-file", "blob", blob], git)).stdout.toString();
  };
  const [base, ours, theirs] = await Promise.all([version("1"), version("2"), version("3")]);
  if (ours !== undefined && theirs !== undefined) return { base, ours, theirs };
  const why =
    stages.size === 0
      ? "is not unmerged in git's index"
      : "was deleted on one side: git add keeps it, git rm removes it";
  throw new CliError("sops-file", `${file} ${why}`);
}
