import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { SopsError } from "../errors.ts";
import { IGNORE_FILE } from "./allow.ts";
import { filesBelow, readFiles } from "./files-below.ts";
import type { GuardReport } from "./guard-report.ts";
import { guardTree } from "./guard-tree.ts";

export interface GuardFilesOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** The folder `paths` are seen from. Default: the current one. */
  readonly cwd?: string | undefined;
  /** As in {@link guardTree}; seen from `cwd`. */
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Judges files, and all files of folders, as {@link guardTree} does, with the `.sops.yaml` and `.idstackguardignore` files
 * above them. Of a folder in a git repository, files that git ignores are left out; symbolic links are not followed. It
 * needs no key.
 *
 * @throws {@link SopsError} `read-failed`
 *
 * @example
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generateIdentity, guardFiles } from "@idstack/sops";
 * const cwd = await mkdtemp(join(tmpdir(), "guard-"));
 * await writeFile(join(cwd, "notes.txt"), `my key: ${(await generateIdentity()).identity}\n`);
 * const { checked, diagnostics } = await guardFiles({ cwd, paths: ["."] });
 * console.log(checked, diagnostics[0]?.message); // 1 the file holds an age private key
 */
export async function guardFiles({ paths, cwd = process.cwd(), ignore = [] }: GuardFilesOptions): Promise<GuardReport> {
  const here = resolve(cwd);
  const names = new Set<string>();
  for (const path of paths) {
    const full = resolve(here, path);
    for (const name of (await isFolder(full, path)) ? await filesBelow(full) : [full]) names.add(name);
  }
  const files = await readFiles([...names].sort());
  const settings = await readFiles(settingsAbove(names));
  const judged = new Set(files.map(({ path }) => path));
  const given = { path: `${slashes(here)}/${IGNORE_FILE}`, text: ignore.join("\n") };
  const found = guardTree({ files: [...files, ...settings, given] }).filter(({ file = "" }) => judged.has(file));
  const diagnostics = found.map((each) => ({ ...each, file: slashes(relative(here, each.file ?? "")) }));
  return { checked: files.length, diagnostics };
}

async function isFolder(full: string, path: string): Promise<boolean> {
  try {
    return (await stat(full)).isDirectory();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "no such file or folder" : `cannot be read (${code})`;
    throw new SopsError("read-failed", what, { file: path, cause });
  }
}

/** Where `.sops.yaml` and ignore files of these files may be, besides among them: in their folders and all above. */
function settingsAbove(files: ReadonlySet<string>): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  const names = [...folders].flatMap((folder) => [join(folder, ".sops.yaml"), join(folder, IGNORE_FILE)]);
  return names.filter((name) => !files.has(name));
}

function slashes(path: string): string {
  return path.replaceAll(sep, "/");
}
