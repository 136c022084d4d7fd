import type { KubeObject } from "@idstack/manifests";

/** Folders of the rendered tree; every namespace has one of its own name besides. */
export const folders = {
  /** Applied by hand once: the root Application. */
  bootstrap: "bootstrap",
  /** Projects and Applications. */
  argocd: "argocd",
  /** Namespaces, first of all. */
  cluster: "cluster",
  /** Cluster-scoped objects of kinds that the charts bring. */
  platform: "platform",
  /** Encrypted files, a folder for each namespace. */
  secrets: "secrets",
} as const;

/** An object and the folder it is rendered to. */
export interface PlacedObject {
  readonly folder: string;
  readonly object: KubeObject;
  /** File name, where a tool prescribes it. */
  readonly file?: string;
}

/** The folder of an object that is not about delivery itself. */
export function place(object: KubeObject): PlacedObject {
  const namespace = object.metadata?.namespace;
  if (namespace !== undefined) return { folder: namespace, object };
  return { folder: object.kind === "Namespace" ? folders.cluster : folders.platform, object };
}
