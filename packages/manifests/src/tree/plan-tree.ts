import { applyOrder } from "../apply-order.ts";
import { compareText } from "../internal/plain.ts";
import type { KubeObject, ObjectRef } from "../kube-object.ts";
import { ManifestError } from "../manifest-error.ts";
import { formatRef, groupOf, objectRef } from "../object-ref.ts";
import { stringify } from "../stringify/stringify.ts";
import { assertDistinct, assertSafe, fileName, folderOf } from "./paths.ts";

/** A file that holds no objects to apply, or holds them in another form: a kustomization, values, an encrypted Secret. */
export interface ExtraFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Permissions; `0o600` for secrets. Left to the umask if absent. */
  readonly mode?: number | undefined;
  /** Objects the file brings to the cluster (say, after decryption), so that the tree knows when they leave. */
  readonly objects?: readonly ObjectRef[] | undefined;
}

/** One file of a {@link TreePlan}. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number | undefined;
  readonly objects: readonly ObjectRef[];
}

/** What a tree is to hold: every file with its text, sorted by path. Plain data, nothing is written yet. */
export interface TreePlan {
  readonly files: readonly PlannedFile[];
}

/** Options of {@link planTree}. */
export interface PlanOptions {
  /**
   * Where an object goes: a file (`apps/web.yaml`; several objects may share one and come in apply order), a folder
   * (`apps/`, with the usual file name in it), or `undefined` for the usual place.
   */
  readonly pathOf?: ((object: KubeObject) => string | undefined) | undefined;
  readonly files?: readonly ExtraFile[] | undefined;
}

/**
 * Lays objects out as files: `<namespace>/<kind>-<name>.yaml`, cluster-wide ones under `_cluster/`. Where two groups
 * have the same kind, both file names carry their group. Characters that file names should not have become `_`.
 *
 * Pure: the same objects give the same plan, in whatever order they come.
 *
 * @throws ManifestError `duplicate-object`, `path-collision` (also of names that differ only in case) or `unsafe-path`.
 * @example
 * ```ts
 * import { planTree } from "@idstack/manifests";
 * const web = { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace: "apps", name: "web" } };
 * console.log(planTree([web]).files.map(({ path }) => path)); // [ 'apps/deployment-web.yaml' ]
 * ```
 */
export function planTree(objects: readonly KubeObject[], options: PlanOptions = {}): TreePlan {
  assertUnique(objects);
  const groups = groupsByName(objects);
  const byPath = Map.groupBy(objects, (object) => {
    const usual = fileName(object, (groups.get(plainName(object))?.size ?? 0) > 1);
    const path = options.pathOf?.(object);
    if (path === undefined) return `${folderOf(object)}/${usual}`;
    return path.endsWith("/") ? path + usual : path;
  });
  const planned = [...byPath].map(([path, members]): PlannedFile => {
    // Names that differ only in a replaced character, such as a:b and a_b, share a file.
    const sorted = applyOrder(members.toSorted((a, b) => compareText(identity(a), identity(b))));
    return { path, text: stringify(sorted), objects: sorted.map(objectRef) };
  });
  const extra = (options.files ?? []).map(({ path, text, mode, objects: refs = [] }): PlannedFile => {
    return mode === undefined ? { path, text, objects: refs } : { path, text, mode, objects: refs };
  });
  const files = [...planned, ...extra].sort((a, b) => compareText(a.path, b.path));
  for (const { path } of files) assertSafe(path);
  assertDistinct(files.map(({ path }) => path));
  return { files };
}

/** What makes two objects the same one in the cluster: group, kind, namespace, name. */
export function refKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return [groupOf(apiVersion), kind, namespace ?? "", name].join("\0");
}

function identity(object: KubeObject): string {
  return refKey(objectRef(object));
}

function plainName(object: KubeObject): string {
  return [folderOf(object), object.kind.toLowerCase(), object.metadata?.name ?? ""].join("\0");
}

function groupsByName(objects: readonly KubeObject[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const object of objects) {
    const key = plainName(object);
    groups.set(key, (groups.get(key) ?? new Set()).add(groupOf(object.apiVersion)));
  }
  return groups;
}

function assertUnique(objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const key = identity(object);
    if (seen.has(key)) {
      throw new ManifestError("duplicate-object", `${formatRef(objectRef(object))} is there twice`, { paths: [] });
    }
    seen.add(key);
  }
}
