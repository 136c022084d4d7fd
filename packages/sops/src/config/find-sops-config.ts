import { dirname, join, resolve } from "node:path";
import { readIfThere } from "../internal/files.ts";
import type { SopsConfig } from "./creation-rule.ts";
import { parseSopsConfig } from "./parse-sops-config.ts";

/** sops gives up after this many levels, too. */
const LEVELS = 100;

/**
 * Reads the nearest `.sops.yaml` in a folder or above it. sops itself starts from the current folder; starting from the
 * folder of the file gives the same answer wherever a program is run.
 *
 * @returns Undefined when there is none. Its defects are in `diagnostics`.
 * @throws {@link SopsError} `read-failed`
 *
 * @example
 * import { findSopsConfig } from "@idstack/sops";
 * console.log(await findSopsConfig("/")); // undefined
 */
export async function findSopsConfig(from: string): Promise<SopsConfig | undefined> {
  let folder = resolve(from);
  for (let level = 0; level < LEVELS; level += 1) {
    const file = join(folder, ".sops.yaml");
    const text = await readIfThere(file);
    if (text !== undefined) return parseSopsConfig(text, { file });
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return undefined;
}
