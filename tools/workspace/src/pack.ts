import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "./run.ts";
import { root, type WorkspacePackage } from "./workspace.ts";

/** Packs a built package as `pnpm publish` would and returns the tarball's path below `.pack/`. */
export function pack({ manifest, directory }: WorkspacePackage): string {
  if (!existsSync(join(directory, "dist"))) {
    throw new Error(`${manifest.name} has no dist/: run \`pnpm build\` first`);
  }
  const tarball = join(root, ".pack", `${manifest.name.replace("@", "").replace("/", "-")}.tgz`);
  mkdirSync(join(root, ".pack"), { recursive: true });
  mustRun("pnpm", ["pack", "--out", tarball], { cwd: directory });
  return tarball;
}
