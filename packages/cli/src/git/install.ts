import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { CliError } from "../errors.ts";
import type { Io } from "../io.ts";
import { gitLine, runGit } from "./run-git.ts";

/** What is encrypted by the usual names. */
const PATTERNS = ["*.sops.*", "*.enc.*"];

/**
 * Where the program has gone (126, 127) or is killed, lines are merged as ever: git alone would leave our version without a
 * marker, and theirs would be forgotten.
 */
const WITHOUT_US =
  "{ s=$?; test $s -lt 126 && exit $s; git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B; }";

export interface Installed {
  /** Lines that were added to `.gitattributes`. */
  readonly attributes: readonly string[];
  readonly command: string;
}

/**
 * Makes the merge driver and the diff of encrypted files known to git: in the configuration of this clone, which all its
 * worktrees share, and in `.gitattributes` for the patterns.
 *
 * @throws CliError `not-a-directory` outside a repository
 */
export async function install(patterns: readonly string[], command: string | undefined, io: Io): Promise<Installed> {
  const root = await gitLine(["rev-parse", "--show-toplevel"], io);
  if (root === undefined || root === "") {
    throw new CliError("not-a-directory", "this is no work tree of a git repository: run it inside one");
  }
  const program = command ?? ownCommand(io.env);
  const settings: readonly (readonly [string, string])[] = [
    ["merge.idstack.name", "SOPS files, by value"],
    ["merge.idstack.driver", `${program} secrets merge --marker-size %L -- %O %A %B %P || ${WITHOUT_US}`],
    // git gives up a whole diff or log when this fails; it adds the path at the end.
    ["diff.idstack.textconv", `f() { ${program} secrets textconv -- "$1" || cat -- "$1"; }; f`],
  ];
  for (const [name, value] of settings) {
    const { status, stderr } = await runGit(["config", "--local", name, value], io);
    if (status !== 0) throw new CliError("not-a-directory", `git cannot be configured: ${stderr.trim()}`);
  }
  return { attributes: await addAttributes(root, patterns.length === 0 ? PATTERNS : patterns), command: program };
}

async function addAttributes(root: string, patterns: readonly string[]): Promise<string[]> {
  const { replaceFile } = await import("@idstack/sops");
  const path = join(root, ".gitattributes");
  const before = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const known = before.split(/\r?\n/);
  const wanted = patterns.map((pattern) => `${quoted(pattern)} merge=idstack diff=idstack`);
  const added = wanted.filter((line) => !known.includes(line));
  if (added.length === 0) return [];
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  await replaceFile(path, `${before}${gap}${added.join("\n")}\n`);
  return added;
}

/** git takes a pattern with spaces between double quotes. */
function quoted(pattern: string): string {
  return /[\s"]/.test(pattern) ? JSON.stringify(pattern) : pattern;
}

/** `idstack` where it is installed for good; otherwise this very program, as npx and package scripts run it. */
function ownCommand(env: NodeJS.ProcessEnv): string {
  const folders = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  if (folders.some((folder) => folder !== "" && existsSync(join(folder, "idstack")))) return "idstack";
  const [node = "node", script = "idstack"] = process.argv;
  const real = existsSync(script) ? realpathSync(script) : script;
  return [node, ...process.execArgv, real].map(shellQuoted).join(" ");
}

/** git runs the command with a shell, of which `%` is a placeholder. */
function shellQuoted(word: string): string {
  const escaped = word.replaceAll("%", "%%");
  return /^[\w@%+=:,./-]+$/.test(word) ? escaped : `'${escaped.replaceAll("'", "'\\''")}'`;
}
