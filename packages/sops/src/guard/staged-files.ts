import { SopsError } from "../errors.ts";
import { IGNORE_FILE } from "./allow.ts";
import { decodeText } from "./decode-text.ts";
import { git, tryGit } from "./git.ts";
import type { GuardedFile } from "./guard-tree.ts";

/** What a commit would hold, read from the index and nowhere else. Paths are relative to the repository. */
export interface StagedFiles {
  /** The top folder of the repository. */
  readonly root: string;
  readonly changed: readonly GuardedFile[];
  /** `.sops.yaml` and ignore files of the index, changed or not. */
  readonly settings: readonly GuardedFile[];
  /** Paths with several versions of a merge. */
  readonly unmerged: readonly string[];
}

const LINK = "120000";
const SUBMODULE = "160000";

/**
 * The index against `HEAD`, by plumbing commands, which no configuration changes. A rename is a new file, a file that is
 * only announced (`git add -N`) is no part of the commit.
 */
export async function stagedFiles(cwd: string, paths: readonly string[]): Promise<StagedFiles> {
  const top = (await git(["rev-parse", "--show-toplevel"], cwd)).toString().replace(/\r?\n$/, "");
  const head = await tryGit(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"], cwd);
  const base = head?.trim() ?? (await git(["hash-object", "-t", "tree", "--stdin"], cwd)).toString().trim();
  const flags = ["--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index"];
  const raw = await git(["--literal-pathspecs", "diff-index", ...flags, base, "--", ...paths], cwd);
  const changes = parseRaw(raw.toString());
  const unmerged = changes.filter(({ status }) => status === "U").map(({ path }) => path);
  const blobs = changes.filter(({ status, mode }) => !/^[DU]/.test(status) && mode !== LINK && mode !== SUBMODULE);
  const named = [".sops.yaml", IGNORE_FILE].map((name) => `:(top,glob)**/${name}`);
  const listed = (await git(["ls-files", "--stage", "-z", "--full-name", "--", ...named], cwd)).toString();
  const settings = listed.split("\0").flatMap((line) => {
    const [, id, path] = /^\d+ ([0-9a-f]+) 0\t(.+)$/s.exec(line) ?? [];
    return id === undefined || path === undefined ? [] : [{ id, path }];
  });
  const read = await readBlobs([...blobs, ...settings], cwd);
  return {
    root: top,
    changed: read.slice(0, blobs.length),
    settings: read.slice(blobs.length),
    unmerged: [...new Set(unmerged)],
  };
}

interface Change {
  readonly mode: string;
  readonly id: string;
  readonly status: string;
  readonly path: string;
}

/** `:100644 100644 <id> <id> M NUL path NUL`, again and again. */
function parseRaw(raw: string): Change[] {
  const fields = raw.split("\0");
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = "", , id = "", status = ""] = (fields[at] ?? "").split(" ");
    changes.push({ mode, id, status, path: fields[at + 1] ?? "" });
  }
  return changes;
}

/** One process for all blobs: `<id> blob <size>`, a line break, the bytes, a line break. */
async function readBlobs(wanted: readonly { id: string; path: string }[], cwd: string): Promise<GuardedFile[]> {
  if (wanted.length === 0) return [];
  const bytes = await git(["cat-file", "--batch"], cwd, wanted.map(({ id }) => `${id}\n`).join(""));
  let at = 0;
  return wanted.map(({ path }) => {
    const end = bytes.indexOf(10, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(bytes.toString("latin1", at, end))?.[1];
    if (size === undefined) throw new SopsError("program-failed", "git cat-file: the blob is missing", { file: path });
    const start = end + 1;
    at = start + Number(size) + 1;
    return { path, text: decodeText(bytes.subarray(start, at - 1)) };
  });
}
