import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const here = import.meta.dirname;
export const fixture = join(here, "../fixtures/home");
export const example = join(here, "../../../../examples/identity-stack");

/** A folder outside the repository that can import what this package can, gone when the test is done. */
export function temporary(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "idstack-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(here, "../../node_modules/@idstack"), join(folder, "node_modules/@idstack"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  for (const [path, text] of Object.entries(files)) write(folder, path, text);
  return folder;
}

/** A folder with the small declaration, changed by `change`. */
export function home(change: (declaration: string) => string = (text) => text): string {
  return temporary({ "stack.config.ts": change(readFileSync(join(fixture, "stack.config.ts"), "utf8")) });
}

export function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
