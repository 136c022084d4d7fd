import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first executable file of that name on `PATH`, or in one of `more` directories. */
export function findProgram(name: string, more: readonly string[] = [], env = process.env): string | undefined {
  const directories = [...(env["PATH"] ?? "").split(delimiter), ...more].filter((each) => each !== "");
  for (const path of directories.map((directory) => join(directory, name))) {
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
