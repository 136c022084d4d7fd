import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Absolute path of the workspace root. */
export const root = join(import.meta.dirname, "../../..");

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Record<string, string | Record<string, string>>;
  readonly publishConfig?: { readonly exports?: Record<string, string | Record<string, string>> };
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly [key: string]: unknown;
}

export interface WorkspacePackage {
  readonly manifest: PackageManifest;
  /** Absolute directory. */
  readonly directory: string;
  /** Path relative to the workspace root, with forward slashes. */
  readonly path: string;
}

/** Every package below `packages/`, `examples/` and `tools/`, in path order. */
export function workspacePackages(): WorkspacePackage[] {
  return globSync("{packages,examples,tools}/*/package.json", { cwd: root })
    .sort()
    .map((file) => ({
      manifest: JSON.parse(readFileSync(join(root, file), "utf8")) as PackageManifest,
      directory: dirname(join(root, file)),
      path: relative(root, dirname(join(root, file))).replaceAll("\\", "/"),
    }));
}

/** The packages that are published. */
export function publishedPackages(): WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}
