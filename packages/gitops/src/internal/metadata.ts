import { metadata, type ObjectOptions } from "@idstack/manifests";

/** The API server as Argo CD names the cluster it runs in. */
export const IN_CLUSTER = "https://kubernetes.default.svc";

/** Options that every builder takes for `metadata`. */
export interface NameOptions extends ObjectOptions {
  /** Namespace Argo CD runs in; `argocd` by default. */
  readonly namespace?: string | undefined;
}

/** Metadata with annotations of the builder's own before those of the caller. */
export function argoMetadata(
  options: NameOptions,
  own: Readonly<Record<string, string>> = {},
): ReturnType<typeof metadata> {
  const { namespace = "argocd" } = options;
  const annotations = { ...own, ...options.annotations };
  return metadata({
    ...options,
    namespace,
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
  });
}
