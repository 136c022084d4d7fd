import { rmSync } from "node:fs";
import { generatedFiles } from "./output.ts";
import { writeFiles } from "./write-files.ts";

/** The package whose types/ and data/ are generated. */
export const PACKAGE = new URL("../../../packages/schemas/", import.meta.url);

/** Writes types/ and data/ of packages/schemas from the recordings, and says what it wrote. */
export function generate(): string {
  const files = generatedFiles();
  for (const folder of ["types/", "data/"]) rmSync(new URL(folder, PACKAGE), { recursive: true, force: true });
  writeFiles(PACKAGE, files);
  const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return `wrote ${files.size} files, ${(bytes / 1e6).toFixed(2)} MB, to packages/schemas\n`;
}

if (import.meta.main) process.stdout.write(generate());
