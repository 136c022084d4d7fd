import { defined } from "@idstack/manifests";
import type { Application } from "@idstack/schemas/argoproj.io/v1alpha1";
import { argoMetadata, IN_CLUSTER, type NameOptions } from "../internal/metadata.ts";
import { DECRYPTOR_ANNOTATION, type Decryptor } from "../sops/decryptor.ts";

type ApplicationSpec = Application["spec"];
type Source = NonNullable<ApplicationSpec["source"]>;

/** A folder of a Git repository. */
export interface DirectorySource {
  readonly repo: string;
  /** Folder below the repository's root, `rendered/apps/web`. */
  readonly path: string;
  /** Branch, tag or commit; `HEAD`, the default branch, by default. */
  readonly revision?: string | undefined;
  /**
   * `directory` applies every manifest in the folder and below; `kustomize` builds its `kustomization.yaml`. By default
   * `directory`, and `kustomize` with the decryptor ksops, which works no other way.
   */
  readonly tool?: "directory" | "kustomize" | undefined;
}

/** Options that all Applications share. */
export interface SyncOptions {
  /** Delete objects that left the source; off by default. */
  readonly prune?: boolean | undefined;
  /** Undo changes made in the cluster by hand; on by default. */
  readonly selfHeal?: boolean | undefined;
  /** `manual` leaves every sync to a person; `automatic` by default. */
  readonly sync?: "automatic" | "manual" | undefined;
  /** Create the destination namespace, with these labels when given; off by default: declare the Namespace. */
  readonly createNamespace?: boolean | { readonly labels: Readonly<Record<string, string>> } | undefined;
  /** Apply on the server, which objects larger than 256 KiB need (big CRDs). */
  readonly serverSideApply?: boolean | undefined;
  /** Order within an app of apps; lower waves first. */
  readonly syncWave?: number | undefined;
  /** Delete the deployed objects together with the Application; off by default. */
  readonly cascade?: boolean | undefined;
}

/** Options of {@link application}. */
export interface ApplicationOptions extends NameOptions, SyncOptions {
  /** AppProject of your own; `default` is refused. */
  readonly project: string;
  readonly source: DirectorySource;
  /** Namespace of this cluster, or of the cluster at `server`. */
  readonly destination: string | { readonly namespace: string; readonly server?: string | undefined };
  /** How encrypted files in the folder are decrypted; {@link checkDecryption} reports a folder that needs one. */
  readonly decryptor?: Decryptor | undefined;
  readonly spec?: Partial<ApplicationSpec> | undefined;
}

/**
 * An Argo CD Application for a folder of a repository: self-healing, retrying until it succeeds, never pruning unless
 * asked. `retry.refresh`, by which a retry takes up a fix, needs an Argo CD whose CRD has the field; older ones drop it.
 *
 * Throws TypeError for the project `default`, which allows any repository, cluster and kind, and for a folder with the
 * decryptor ksops that is not built by Kustomize.
 *
 * @example
 * ```ts
 * import { application } from "@idstack/gitops";
 * const app = application({
 *   name: "web", project: "apps", destination: "apps",
 *   source: { repo: "https://git.home.arpa/me/home.git", path: "rendered/apps/web" },
 * });
 * console.log(app.spec.syncPolicy?.automated); // { prune: false, selfHeal: true }
 * ```
 */
export function application(options: ApplicationOptions): Application {
  const { source, decryptor, name } = options;
  const tool = source.tool ?? (decryptor?.decryptor === "ksops" ? "kustomize" : "directory");
  if (decryptor?.decryptor === "ksops" && tool !== "kustomize") {
    throw new TypeError(
      `application: ${name} decrypts with ksops, a Kustomize plugin, so its source needs tool "kustomize"`,
    );
  }
  return build(options, {
    repoURL: source.repo,
    path: source.path,
    targetRevision: source.revision ?? "HEAD",
    ...(tool === "directory" ? { directory: { recurse: true } } : {}),
  });
}

/** Assembles an Application around a source, whatever its kind. */
export function build(options: Omit<ApplicationOptions, "source">, source: Source): Application {
  const { name, project, destination, decryptor, syncWave } = options;
  if (project === "default") {
    throw new TypeError(`application: ${name} is in project "default", which allows any repository, cluster and kind`);
  }
  const { namespace, server } = typeof destination === "string" ? { namespace: destination } : destination;
  const annotations = defined({
    "argocd.argoproj.io/sync-wave": syncWave === undefined ? undefined : String(syncWave),
    [DECRYPTOR_ANNOTATION]: decryptor?.decryptor,
  }) as Record<string, string>;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      ...argoMetadata(options, annotations),
      ...(options.cascade === true ? { finalizers: ["resources-finalizer.argocd.argoproj.io"] } : {}),
    },
    spec: {
      project,
      source,
      destination: { server: server ?? IN_CLUSTER, namespace },
      syncPolicy: syncPolicy(options),
      ...options.spec,
    },
  };
}

/**
 * Without end, and each time from the newest revision. What an Application needs (a CRD, a webhook, a namespace) is
 * often delivered by another one; Argo CD does not try a revision again once its retries are used up, self-heal or not.
 */
const RETRY = { limit: -1, refresh: true, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } };

function syncPolicy(options: SyncOptions): NonNullable<ApplicationSpec["syncPolicy"]> {
  const { createNamespace = false, serverSideApply = false } = options;
  const syncOptions = [
    ...(createNamespace === false ? [] : ["CreateNamespace=true"]),
    ...(serverSideApply ? ["ServerSideApply=true"] : []),
  ];
  return defined({
    automated:
      options.sync === "manual" ? undefined : { prune: options.prune ?? false, selfHeal: options.selfHeal ?? true },
    managedNamespaceMetadata:
      typeof createNamespace === "object" ? { labels: { ...createNamespace.labels } } : undefined,
    retry: RETRY,
    syncOptions: syncOptions.length === 0 ? undefined : syncOptions,
  });
}
