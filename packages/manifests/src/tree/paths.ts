import { createHash } from "node:crypto";
import { catalog } from "@idstack/schemas";
import type { KubeObject } from "../kube-object.ts";
import { ManifestError } from "../manifest-error.ts";
import { groupOf, objectRef } from "../object-ref.ts";

/** Folder of the tree that belongs to the writer. */
export const ownFolder = ".idstack";

/** The ownership manifest: what the writer wrote, so that it removes and overwrites nothing else. */
export const ownershipPath = `${ownFolder}/tree.json`;

const clusterWide = new Set(catalog.filter((entry) => !entry.namespaced).map(({ group, kind }) => `${group}/${kind}`));
const namespaced = new Set(catalog.filter((entry) => entry.namespaced).map(({ group, kind }) => `${group}/${kind}`));

/** Folder of an object: its namespace, or `_cluster`, which no namespace can be called. */
export function folderOf(object: KubeObject): string {
  const { namespace } = objectRef(object);
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  if (clusterWide.has(kind)) return "_cluster";
  return namespace ?? (namespaced.has(kind) ? "default" : "_cluster");
}

/** `deployment-web.yaml`, or `cluster.postgresql.cnpg.io-web.yaml` where the kind alone is ambiguous. */
export function fileName(object: KubeObject, withGroup: boolean): string {
  const kind = withGroup ? `${object.kind}.${groupOf(object.apiVersion)}` : object.kind;
  const { name } = objectRef(object);
  const safe = `${kind.toLowerCase()}-${name}`.replace(/[^A-Za-z0-9.-]/g, "_");
  if (safe.length <= 200) return `${safe}.yaml`;
  // File systems end at 255 bytes; the hash keeps long names apart.
  return `${safe.slice(0, 180)}-${createHash("sha256").update(name).digest("hex").slice(0, 12)}.yaml`;
}

/** Throws unless a path stays in the root on every system: relative, forward slashes, no `..`, no control characters. */
export function assertSafe(path: string): void {
  const parts = path.split("/");
  const bad =
    path === "" ||
    /[\\:\p{Cc}]/u.test(path) ||
    parts.some((part) => part === "" || part === "." || part === ".." || Buffer.byteLength(part) > 255) ||
    path.toLowerCase() === ownershipPath;
  if (bad) {
    throw new ManifestError("unsafe-path", `${JSON.stringify(path)} is no safe path inside the tree`, {
      paths: [path],
    });
  }
}

/** Throws if two paths are the same file, or one is a folder of the other, on a file system that ignores case. */
export function assertDistinct(paths: readonly string[]): void {
  const taken = new Map<string, string>();
  const fold = (path: string) => path.normalize("NFC").toLowerCase();
  for (const path of paths) {
    const other = taken.get(fold(path));
    if (other !== undefined) throw collision(other, path, "are the same file where case is ignored");
    taken.set(fold(path), path);
  }
  for (const path of paths) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const other = taken.get(fold(parts.slice(0, depth).join("/")));
      if (other !== undefined) throw collision(other, path, "cannot both exist: one is a folder of the other");
    }
  }
}

function collision(a: string, b: string, why: string): ManifestError {
  return new ManifestError("path-collision", `${a} and ${b} ${why}`, { paths: [a, b] });
}
