import { defined } from "@idstack/manifests";
import type { AppProject } from "@idstack/schemas/argoproj.io/v1alpha1";
import { argoMetadata, IN_CLUSTER, type NameOptions } from "../internal/metadata.ts";

type AppProjectSpec = AppProject["spec"];

/** A kind as people write it: `Namespace` of the core group, `rbac.authorization.k8s.io/ClusterRole` of any other. */
export type GroupKind = string | { readonly group: string; readonly kind: string };

/** Where applications of a project may deploy to: a namespace of this cluster, or of another. */
export type ProjectDestination =
  | string
  | { readonly namespace: string; readonly server?: string | undefined; readonly name?: string | undefined };

/** Options of {@link appProject}. */
export interface AppProjectOptions extends NameOptions {
  readonly description?: string | undefined;
  /** Repositories applications may come from, charts included. */
  readonly sourceRepos: readonly string[];
  /** Namespaces (of this cluster, unless said otherwise) applications may deploy to. */
  readonly destinations: readonly ProjectDestination[];
  /** Cluster-scoped kinds applications may create; none by default. */
  readonly clusterResources?: readonly GroupKind[] | undefined;
  /** Namespaced kinds applications may create; all by default. */
  readonly namespaceResources?: readonly GroupKind[] | undefined;
  /** Accept a bare `*`; refused by default, since such a project isolates nothing. */
  readonly allowWildcards?: boolean | undefined;
  readonly spec?: Partial<AppProjectSpec> | undefined;
}

/**
 * An Argo CD AppProject that permits what it lists and nothing else.
 *
 * Throws TypeError for an empty list of repositories or destinations, for the name `default` (Argo CD's own project,
 * which allows any repository, cluster and kind), and for a bare `*` without `allowWildcards`.
 *
 * @example
 * ```ts
 * import { appProject } from "@idstack/gitops";
 * const project = appProject({
 *   name: "apps", sourceRepos: ["https://git.home.arpa/me/home.git"], destinations: ["apps"], clusterResources: ["Namespace"],
 * });
 * console.log(project.spec.clusterResourceWhitelist); // [ { group: '', kind: 'Namespace' } ]
 * ```
 */
export function appProject(options: AppProjectOptions): AppProject {
  const { sourceRepos, clusterResources = [], namespaceResources } = options;
  const destinations = options.destinations.map(destination);
  const clusterKinds = clusterResources.map(groupKind);
  const namespaceKinds = namespaceResources?.map(groupKind);
  if (options.name === "default") {
    throw new TypeError('appProject: "default" is the project Argo CD creates itself; give this one a name of its own');
  }
  if (sourceRepos.length === 0) throw new TypeError("appProject: sourceRepos is empty, so nothing could be deployed");
  if (destinations.length === 0) throw new TypeError("appProject: destinations is empty, so nothing could be deployed");
  if (options.allowWildcards !== true) {
    const wild = [
      ...sourceRepos.map((repo) => ["sourceRepos", repo] as const),
      ...destinations.flatMap(({ namespace, server, name }) =>
        [namespace, server, name].map((part) => ["destinations", part] as const),
      ),
      ...clusterKinds.flatMap(({ group, kind }) => [group, kind].map((part) => ["clusterResources", part] as const)),
    ].find(([, value]) => value === "*");
    if (wild)
      throw new TypeError(`appProject: ${wild[0]} of project ${options.name} has a bare "*"; list what it needs`);
  }
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: argoMetadata(options),
    spec: {
      ...defined({ description: options.description }),
      sourceRepos: [...sourceRepos],
      destinations,
      clusterResourceWhitelist: clusterKinds,
      ...defined({ namespaceResourceWhitelist: namespaceKinds }),
      ...options.spec,
    },
  };
}

function destination(value: ProjectDestination) {
  if (typeof value === "string") return { namespace: value, server: IN_CLUSTER } as DestinationFields;
  const { namespace, server, name } = value;
  return defined({
    namespace,
    name,
    server: server ?? (name === undefined ? IN_CLUSTER : undefined),
  }) as DestinationFields;
}

interface DestinationFields {
  namespace: string;
  server?: string;
  name?: string;
}

function groupKind(value: GroupKind): { group: string; kind: string } {
  if (typeof value !== "string") return { group: value.group, kind: value.kind };
  const slash = value.lastIndexOf("/");
  return { group: value.slice(0, Math.max(slash, 0)), kind: value.slice(slash + 1) };
}
