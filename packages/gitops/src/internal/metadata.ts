import { type Defined, defined } from "./defined.ts";

/** The API server as Argo CD names the cluster it runs in. */
export const IN_CLUSTER = "https://kubernetes.default.svc";

/** Options that every builder takes for `metadata`. */
export interface NameOptions {
  readonly name: string;
  /** Namespace Argo CD runs in; `argocd` by default. */
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

interface Metadata {
  name: string;
  namespace: string;
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
}

/** Metadata with annotations of the builder's own before those of the caller. */
export function metadata(options: NameOptions, own: Readonly<Record<string, string>> = {}): Defined<Metadata> {
  const annotations = { ...own, ...options.annotations };
  return defined<Metadata>({
    name: options.name,
    namespace: options.namespace ?? "argocd",
    labels: options.labels && { ...options.labels },
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
  });
}
