import { mkdirSync, writeFileSync } from "node:fs";

/** Writes texts to paths below a folder. */
export function writeFiles(folder: URL, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = new URL(path, folder);
    mkdirSync(new URL(".", file), { recursive: true });
    writeFileSync(file, text);
  }
}
