import { readFileSync } from "node:fs";

/** The version of this package. The file stands here and not deeper because `../package.json` is the same from dist/. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
