import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CollectedObject } from "./recorder.ts";

const root = join(import.meta.dirname, "../../../..");

/** Runs the tests of every builder package and returns what the builders made, each distinct object once per builder. */
export async function collectObjects(): Promise<CollectedObject[]> {
  const folder = await mkdtemp(join(tmpdir(), "idstack-collect-"));
  try {
    const config = join(import.meta.dirname, "vitest.collect.config.ts");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    await promisify(execFile)(process.execPath, [vitest, "run", "--config", config], {
      cwd: root,
      env: { ...process.env, IDSTACK_COLLECT: folder, FORCE_COLOR: "0" },
      maxBuffer: 64 * 1024 * 1024,
    });
    const lines = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
    const distinct = new Set(lines.flatMap((text) => text.trimEnd().split("\n")));
    return [...distinct].sort().map((line) => JSON.parse(line) as CollectedObject);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every function a builder package exports, as `policy/networkPolicy`. */
export async function builderExports(folders: readonly string[]): Promise<string[]> {
  const modules = await Promise.all(
    folders.map(async (folder) => {
      const module = (await import(join(root, "packages", folder, "src/index.ts"))) as Record<string, unknown>;
      return Object.entries(module)
        .filter(([, value]) => typeof value === "function")
        .map(([name]) => `${folder}/${name}`);
    }),
  );
  return modules.flat().sort();
}
