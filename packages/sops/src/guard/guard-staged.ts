import { realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Diagnostic } from "../diagnostic.ts";
import type { GuardReport } from "./guard-report.ts";
import { guardTree } from "./guard-tree.ts";
import { stagedFiles } from "./staged-files.ts";

export interface GuardStagedOptions {
  /** A folder of the repository. Default: the current one. */
  readonly cwd?: string | undefined;
  /** Only these files and folders, seen from `cwd`. Default: the whole repository. */
  readonly paths?: readonly string[] | undefined;
  /** As in {@link guardTree}; seen from the top of the repository. */
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Judges what the next commit of a git repository would change, as {@link guardTree} does: the blobs of the index, with
 * the `.sops.yaml` and `.idstackguardignore` files of the index. The files in the work tree are not read: they may differ
 * from what is committed. It needs no key. Entries of the index that wait for a merge to be resolved are
 * `sops/merge-conflict`.
 *
 * @throws {@link SopsError} `program-not-found` without git, `program-failed` outside a repository.
 *
 * @example
 * import { execFileSync } from "node:child_process";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { guardStaged } from "@idstack/sops";
 * const cwd = await mkdtemp(join(tmpdir(), "guard-"));
 * const secret = (value: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: ${value}\n`;
 * await writeFile(join(cwd, "db.yaml"), secret("hunter2"));
 * execFileSync("git", ["init", "--quiet"], { cwd });
 * execFileSync("git", ["add", "db.yaml"], { cwd });
 * await writeFile(join(cwd, "db.yaml"), secret('""')); // too late: hunter2 is staged
 * const { diagnostics } = await guardStaged({ cwd });
 * for (const { file, line, message } of diagnostics) console.log(`${file}:${line}: ${message}`);
 * // db.yaml:5: Secret db holds stringData.password in plaintext
 */
export async function guardStaged(options: GuardStagedOptions = {}): Promise<GuardReport> {
  const cwd = options.cwd ?? process.cwd();
  const { root, changed, settings, unmerged } = await stagedFiles(cwd, options.paths ?? []);
  const names = new Set(changed.map(({ path }) => path));
  const files = [...changed, ...settings.filter(({ path }) => !names.has(path))];
  const found = guardTree({ files, ignore: options.ignore }).filter(({ file = "" }) => names.has(file));
  const conflicts = unmerged.map(
    (file): Diagnostic => ({
      code: "sops/merge-conflict",
      severity: "error",
      message: "a merge is not resolved: the index holds the versions of both sides",
      file,
      line: 1,
      column: 1,
      help: "Resolve it and git add the file.",
    }),
  );
  // Git names folders by their real paths.
  const here = await realpath(cwd);
  const shown = (file: string) => relative(here, join(root, file)).split(sep).join("/");
  const diagnostics = [...conflicts, ...found].map((each) => ({ ...each, file: shown(each.file ?? "") }));
  return { checked: changed.length + unmerged.length, diagnostics };
}
