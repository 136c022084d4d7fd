import type { KubeObject } from "@idstack/manifests";

/** Folders of the rendered tree. No namespace begins with `_`, and each has a folder of its own name besides. */
export const folders = {
  /** Applied by hand once: the root Application. */
  bootstrap: "_bootstrap",
  /** Projects and Applications. */
  argocd: "_argocd",
  /** Namespaces, first of all. */
  cluster: "_cluster",
  /** Objects of kinds that the charts bring, outside the declared namespaces. */
  platform: "_platform",
  /** Encrypted files, a folder for each namespace. */
  secrets: "_secrets",
} as const;

/** An object and the folder it is rendered to. */
export interface PlacedObject {
  readonly folder: string;
  readonly object: KubeObject;
  /** File name, where a tool prescribes it. */
  readonly file?: string;
}

/** The folder of an object that is not about delivery itself. */
export function place(object: KubeObject, namespaces: readonly string[]): PlacedObject {
  const namespace = object.metadata?.namespace;
  if (namespace !== undefined && namespaces.includes(namespace)) return { folder: namespace, object };
  return { folder: object.kind === "Namespace" ? folders.cluster : folders.platform, object };
}
