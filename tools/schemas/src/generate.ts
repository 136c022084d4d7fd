import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { generatedFiles } from "./output.ts";

// Writes types/ and data/ of packages/schemas from openapi/: node tools/schemas/src/generate.ts
const target = new URL("../../../packages/schemas/", import.meta.url);
const files = generatedFiles();
for (const folder of ["types/", "data/"]) rmSync(new URL(folder, target), { recursive: true, force: true });
for (const [path, text] of files) {
  const file = new URL(path, target);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, text);
}
const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
console.log(`wrote ${files.size} files, ${(bytes / 1e6).toFixed(2)} MB, to packages/schemas`);
