import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ScheduledBackup } from "@idstack/schemas/postgresql.cnpg.io/v1";
import { type CronPreset, scheduleText } from "../cron/cron-preset.ts";
import { BARMAN_CLOUD_PLUGIN } from "./versions.ts";

type ScheduledBackupSpec = ScheduledBackup["spec"];

/** Options of {@link scheduledBackup}. */
export interface ScheduledBackupOptions extends NamespacedOptions {
  /** Name of the CloudNativePG Cluster in the same namespace. */
  readonly cluster: string;
  /** A preset, or SIX cron fields with the second first: `0 0 3 * * *` is every day at 03:00. */
  readonly schedule: CronPreset | (string & {});
  /** Take the first backup right away; true by default. */
  readonly immediate?: boolean | undefined;
  readonly spec?: Partial<ScheduledBackupSpec> | undefined;
}

/**
 * A CloudNativePG ScheduledBackup through the barman-cloud plugin.
 *
 * CloudNativePG reads six cron fields and accepts five silently, shifted by one: `0 3 * * *` would run every hour.
 * This builder throws TypeError for five fields and names what they would have meant.
 *
 * @example
 * ```ts
 * import { scheduledBackup } from "@idstack/backup";
 * const backup = scheduledBackup({ name: "api-db", namespace: "apps", cluster: "api-db", schedule: "daily" });
 * console.log(backup.spec.schedule); // 0 0 3 * * *
 * ```
 */
export function scheduledBackup(options: ScheduledBackupOptions): ScheduledBackup {
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "ScheduledBackup",
    metadata: metadata(options),
    spec: {
      schedule: scheduleText("scheduledBackup", options.schedule, 6),
      immediate: options.immediate ?? true,
      cluster: { name: options.cluster },
      method: "plugin",
      pluginConfiguration: { name: BARMAN_CLOUD_PLUGIN },
      backupOwnerReference: "self",
      ...options.spec,
    },
  };
}
