import type { KubeObject, VirtualEndpoint } from "@idstack/manifests";
import type { ObjectStore } from "@idstack/schemas/barmancloud.cnpg.io/v1";
import type { Cluster, ScheduledBackup } from "@idstack/schemas/postgresql.cnpg.io/v1";
import type { CronPreset } from "../cron/cron-preset.ts";
import { type ObjectStoreOptions, objectStore } from "./object-store.ts";
import { type PostgresClusterOptions, postgresCluster } from "./postgres-cluster.ts";
import { type ScheduledBackupOptions, scheduledBackup } from "./scheduled-backup.ts";

/** Options of {@link databaseBackup}: a cluster, where it archives to, and when. */
export interface DatabaseBackupOptions extends Omit<PostgresClusterOptions, "backup"> {
  readonly store: Pick<
    ObjectStoreOptions,
    "destination" | "endpoint" | "endpointCa" | "credentials" | "retention" | "spec"
  >;
  /** A preset, or six cron fields. */
  readonly schedule: CronPreset | (string & {});
  /** Folder below the destination; set a new one when restoring. */
  readonly serverName?: string | undefined;
  /** Passthrough to the ScheduledBackup. */
  readonly scheduleSpec?: ScheduledBackupOptions["spec"];
}

/** Result of {@link databaseBackup}. */
export interface DatabaseBackupOutput {
  readonly store: ObjectStore;
  readonly cluster: Cluster;
  readonly schedule: ScheduledBackup;
  readonly objects: KubeObject[];
  readonly endpoints: VirtualEndpoint[];
}

/**
 * A database with its backups: ObjectStore, Cluster that archives to it, and ScheduledBackup, all of one name.
 *
 * @example
 * ```ts
 * import { databaseBackup } from "@idstack/backup";
 * const { objects } = databaseBackup({
 *   name: "api-db", namespace: "apps", storage: "5Gi", schedule: "daily",
 *   store: { destination: "s3://home-backups/apps/api-db", credentials: { secret: "s3-backup" } },
 * });
 * console.log(objects.map((object) => object.kind).join(" ")); // ObjectStore Cluster ScheduledBackup
 * ```
 */
export function databaseBackup(options: DatabaseBackupOptions): DatabaseBackupOutput {
  const { store: storeOptions, schedule: when, scheduleSpec, serverName, ...database } = options;
  const { name, namespace, labels, annotations } = options;
  const head = { name, namespace, labels, annotations };
  const store = objectStore({ ...head, ...storeOptions });
  const { cluster, endpoints } = postgresCluster({ ...database, backup: { objectStore: name, serverName } });
  const schedule = scheduledBackup({ ...head, cluster: name, schedule: when, spec: scheduleSpec });
  return { store, cluster, schedule, objects: [store, cluster, schedule], endpoints };
}
