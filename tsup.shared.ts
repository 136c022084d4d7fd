import { readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

interface Manifest {
  readonly exports: Record<string, string | Record<string, string>>;
  readonly bin?: Record<string, string>;
}

/** Builds what package.json exports: every source entry becomes the dist file its `default` condition names. */
export function packageBuild(overrides: Options = {}) {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const targets = [
    ...Object.values(manifest.exports).flatMap((target) => (typeof target === "object" ? [target["default"]] : [])),
    ...Object.values(manifest.bin ?? {}),
  ].filter((target) => target?.startsWith("./dist/"));
  const entry = Object.fromEntries(
    targets.map((target) => {
      const name = String(target).slice("./dist/".length, -".js".length);
      return [name, `src/${name}.ts`];
    }),
  );
  return defineConfig({
    entry,
    format: ["esm"],
    platform: "node",
    target: "node22",
    sourcemap: true,
    clean: true,
    silent: true,
    ...overrides,
  });
}
