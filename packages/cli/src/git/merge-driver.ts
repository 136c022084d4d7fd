import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { SopsFormat } from "@idstack/sops";
import { exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { keySources } from "../sops/sources.ts";
import { conflictList } from "./conflict-list.ts";
import { runGit } from "./run-git.ts";

/** What git tells a merge driver. */
export interface DriverCall {
  /** Temporary files with the three versions: `%O`, `%A`, `%B`. The result goes into `ours`. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** Where the file is in the repository: `%P`. Its extension decides the format. */
  readonly path: string;
  readonly markerSize?: number | undefined;
  readonly format?: SopsFormat | undefined;
}

/**
 * The merge driver: merges encrypted files by value, and leaves everything it cannot merge to git's own merge of lines.
 * The file in `ours` is written in one step, so that a driver that is killed leaves it as it was.
 *
 * @returns 0 when the result is clean, 1 when it has conflicts: git keeps all versions in its index then.
 */
export async function mergeDriver(call: DriverCall, io: Io): Promise<number> {
  const { isEncrypted, mergeEncrypted } = await import("@idstack/sops");
  const versions = await Promise.all([call.base, call.ours, call.theirs].map((path) => readVersion(path, io)));
  const [base, ours, theirs] = versions;
  if (base === undefined || ours === undefined || theirs === undefined) {
    return ordinaryMerge(call, io);
  }
  if (!isEncrypted(ours) && !isEncrypted(theirs)) return ordinaryMerge(call, io);
  try {
    const { text, conflicts, warnings } = await mergeEncrypted(
      { base: isEncrypted(base) ? base : undefined, ours, theirs },
      { ...keySources(io), file: call.path, format: call.format, markerSize: call.markerSize },
    );
    await write(call.ours, text, io);
    for (const { message } of warnings) io.err.write(`idstack: ${call.path}: ${message}\n`);
    if (conflicts.length === 0) return exitCodes.ok;
    io.err.write(`idstack: ${call.path}: ${conflictList(conflicts)}Run idstack secrets resolve ${call.path}\n`);
    return exitCodes.findings;
  } catch (error) {
    await ordinaryMerge(call, io);
    if (!(error instanceof Error) || error.name !== "SopsError") throw error;
    const again = `Nothing is lost: git keeps both versions. With a key at hand, idstack secrets resolve --again ${call.path} merges them.`;
    io.err.write(
      `idstack: ${error.message}\nThe encrypted file was merged line by line and cannot be used yet. ${again}\n`,
    );
    return exitCodes.findings;
  }
}

/** What git does without a driver, on the same files. */
async function ordinaryMerge(call: DriverCall, io: Io): Promise<number> {
  const size = call.markerSize === undefined ? [] : [`--marker-size=${call.markerSize}`];
  const labels = ["-L", "ours", "-L", "base", "-L", "theirs"];
  const { status, stdout } = await runGit(
    ["merge-file", "-p", ...size, ...labels, call.ours, call.base, call.theirs],
    io,
  );
  // Above 127 are failures: of a file that is not text ours stays, as in git itself.
  if (status === null || status > 127) return exitCodes.findings;
  await write(call.ours, stdout, io);
  return status === 0 ? exitCodes.ok : exitCodes.findings;
}

async function write(path: string, content: string | Uint8Array, io: Io): Promise<void> {
  const { replaceFile } = await import("@idstack/sops");
  await replaceFile(resolve(io.cwd, path), content);
}

/** Undefined for what is not text. */
async function readVersion(path: string, io: Io): Promise<string | undefined> {
  const bytes = await readFile(resolve(io.cwd, path));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
