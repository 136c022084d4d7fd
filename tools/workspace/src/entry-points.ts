import type { PackageManifest } from "./workspace.ts";

/**
 * The subpaths of a packed package as its users write them, sorted: those of `exports`, and for a pattern (`./*`) one for
 * each packed file that its types match.
 *
 * @param files - Paths in the package, with forward slashes.
 */
export function entryPoints({ exports = {} }: PackageManifest, files: readonly string[]): string[] {
  const found = Object.entries(exports).flatMap(([subpath, target]) => {
    if (!subpath.includes("*")) return [subpath];
    const types = typeof target === "string" ? target : target["types"];
    if (types === undefined) throw new Error(`the pattern ${subpath} has no types`);
    const [before = "", after = ""] = types.replace(/^\.\//, "").split("*");
    return files
      .filter((file) => file.startsWith(before) && file.endsWith(after))
      .map((file) => subpath.replace("*", file.slice(before.length, file.length - after.length)));
  });
  return [...new Set(found)].filter((subpath) => subpath !== "./package.json").sort();
}
