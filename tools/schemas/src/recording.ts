import { readdirSync, readFileSync } from "node:fs";
import type { Recording } from "@idstack/schemas/compile";

/** Reads every recording of a folder, sorted by file name. */
export function readRecordings(folder: URL): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recording);
}
