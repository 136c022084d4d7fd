import { assertLabel, defined, metadata, type NamespacedOptions, type VirtualEndpoint } from "@idstack/manifests";
import type { Cluster } from "@idstack/schemas/postgresql.cnpg.io/v1";
import { BARMAN_CLOUD_PLUGIN, CNPG_VERSION } from "./versions.ts";

type ClusterSpec = Cluster["spec"];

/** The ObjectStore a cluster archives to. */
export interface ClusterBackup {
  /** Name of the ObjectStore in the cluster's namespace. */
  readonly objectStore: string;
  /** Folder below the destination; a restored cluster needs a new one ("Expected empty archive" otherwise). */
  readonly serverName?: string | undefined;
}

/** Options of {@link postgresCluster}. */
export interface PostgresClusterOptions extends NamespacedOptions {
  /** Number of PostgreSQL instances; 1 by default. */
  readonly instances?: number | undefined;
  /** Image with tag or digest; the operator's default otherwise. */
  readonly image?: string | undefined;
  /** Size of each instance's volume, `5Gi`. */
  readonly storage: string | { readonly size: string; readonly storageClass?: string | undefined };
  /** Database created at first start; the cluster's name with `-` as `_` by default. */
  readonly database?: string | undefined;
  /** Owner of the database; the database's name by default. */
  readonly owner?: string | undefined;
  /** Where WAL and backups go. There is no default: a database without backups has to say `"none"`. */
  readonly backup: ClusterBackup | "none";
  readonly spec?: Partial<ClusterSpec> | undefined;
}

/** Result of {@link postgresCluster}. */
export interface PostgresClusterOutput {
  readonly cluster: Cluster;
  readonly objects: [Cluster];
  readonly endpoints: [VirtualEndpoint];
}

/**
 * A CloudNativePG Cluster and the pods the operator will create for it.
 *
 * Superuser access over the network is off; applications log in with the operator's Secret `<name>-app` (keys `host`,
 * `dbname`, `username`, `password`, `port`, `uri`) at the Service `<name>-rw`. Throws TypeError for a name that
 * CloudNativePG refuses: its Services and pods are named after it.
 *
 * @example
 * ```ts
 * import { objectStore, postgresCluster } from "@idstack/backup";
 * const { cluster, endpoints } = postgresCluster({
 *   name: "api-db", namespace: "apps", storage: "5Gi", backup: { objectStore: "api-db" },
 * });
 * console.log(cluster.spec.instances, endpoints[0].labels["cnpg.io/cluster"]); // 1 api-db
 * ```
 */
export function postgresCluster(options: PostgresClusterOptions): PostgresClusterOutput {
  const { backup, image, instances = 1, storage } = options;
  assertLabel(options.name, "postgresCluster: name");
  if (options.name.length > 50) throw new TypeError(`postgresCluster: name "${options.name}" is longer than 50`);
  const database = options.database ?? options.name.replaceAll("-", "_");
  const cluster: Cluster = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: metadata(options),
    spec: {
      instances,
      ...(image === undefined ? {} : { imageName: image }),
      enableSuperuserAccess: false,
      bootstrap: { initdb: { database, owner: options.owner ?? database } },
      storage: defined(typeof storage === "string" ? { size: storage, storageClass: undefined } : storage),
      ...(backup === "none" ? {} : { plugins: [archiver(backup)] }),
      ...options.spec,
    },
  };
  return { cluster, objects: [cluster], endpoints: [instanceEndpoint(options)] };
}

function archiver({ objectStore, serverName }: ClusterBackup) {
  return {
    name: BARMAN_CLOUD_PLUGIN,
    isWALArchiver: true,
    parameters: { barmanObjectName: objectStore, ...(serverName === undefined ? {} : { serverName }) },
  };
}

/** One endpoint stands for every instance: their labels differ only in instance name and role. */
function instanceEndpoint({ name, namespace }: NamespacedOptions): VirtualEndpoint {
  return {
    namespace,
    name,
    labels: { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" },
    serviceAccount: name,
    ports: [
      { name: "postgresql", port: 5432, protocol: "TCP" },
      { name: "status", port: 8000, protocol: "TCP" },
      { name: "metrics", port: 9187, protocol: "TCP" },
    ],
    source: `CloudNativePG ${CNPG_VERSION}`,
  };
}
