import { formatPath, type KubeObject } from "@idstack/manifests";
import type { Sourced } from "./part.ts";

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
  /** The setting it was made from, `services.web.expose`; empty for what no single setting makes. */
  readonly source: string;
}

/** The folder of an object that is not about delivery itself. */
export function place({ value: object, source }: Sourced<KubeObject>, namespaces: readonly string[]): PlacedObject {
  const placed = (folder: string) => ({ folder, object, source: formatPath(source) });
  const namespace = object.metadata?.namespace;
  if (namespace !== undefined && namespaces.includes(namespace)) return placed(namespace);
  return placed(object.kind === "Namespace" ? folders.cluster : folders.platform);
}
