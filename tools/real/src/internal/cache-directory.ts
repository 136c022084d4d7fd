import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Where builds are kept: `IDSTACK_REAL_DIR`, else `idstack/real` in the user's cache directory. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const chosen = env["IDSTACK_REAL_DIR"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "idstack", "real");
  const caches = platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  return join(caches, "idstack", "real");
}

/** Everything this package ever writes there; `clean` touches nothing else. */
export const cacheEntries = ["components", "snapshots", "building", "locks", "timings"] as const;
