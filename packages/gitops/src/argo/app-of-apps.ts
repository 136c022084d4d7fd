import type { Application, AppProject } from "@idstack/schemas/argoproj.io/v1alpha1";
import { IN_CLUSTER, type NameOptions } from "../internal/metadata.ts";
import { appProject, type GroupKind } from "./app-project.ts";
import { application, type DirectorySource, type SyncOptions } from "./application.ts";

/** Options of {@link appOfApps}. */
export interface AppOfAppsOptions extends NameOptions, SyncOptions {
  /** The folder that holds the Applications and AppProjects. */
  readonly source: DirectorySource;
  /** Kinds the root may create besides Application and AppProject, all in Argo CD's namespace. */
  readonly namespaceResources?: readonly GroupKind[] | undefined;
  /** Cluster-scoped kinds the root may create, for example `Namespace`; none by default. */
  readonly clusterResources?: readonly GroupKind[] | undefined;
}

/** Result of {@link appOfApps}. */
export interface AppOfAppsOutput {
  readonly project: AppProject;
  readonly application: Application;
  /** Both, in the order in which they are applied. */
  readonly objects: [AppProject, Application];
}

/**
 * The root Application that creates all others, in a project that may create nothing else.
 *
 * Whoever can write to its folder can grant himself any project: keep it apart from the folders applications own.
 *
 * @example
 * ```ts
 * import { appOfApps } from "@idstack/gitops";
 * const root = appOfApps({ name: "root", source: { repo: "https://git.home.arpa/me/home.git", path: "rendered/argocd" } });
 * console.log(root.project.spec.namespaceResourceWhitelist?.map((entry) => entry.kind)); // [ 'AppProject', 'Application' ]
 * ```
 */
export function appOfApps(options: AppOfAppsOptions): AppOfAppsOutput {
  const { source, clusterResources, namespaceResources = [], ...common } = options;
  const namespace = options.namespace ?? "argocd";
  const project = appProject({
    name: options.name,
    namespace,
    labels: options.labels,
    description: "Applications and projects of this cluster",
    sourceRepos: [source.repo],
    destinations: [{ namespace, server: IN_CLUSTER }],
    clusterResources,
    namespaceResources: ["argoproj.io/AppProject", "argoproj.io/Application", ...namespaceResources],
  });
  const root = application({ ...common, source, project: options.name, destination: namespace });
  return { project, application: root, objects: [project, root] };
}
