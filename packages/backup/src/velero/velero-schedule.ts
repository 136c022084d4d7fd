import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Schedule } from "@idstack/schemas/velero.io/v1";
import { type CronPreset, scheduleText } from "../cron/cron-preset.ts";

type ScheduleSpec = NonNullable<Schedule["spec"]>;
type Template = ScheduleSpec["template"];

/**
 * How volumes are saved: `snapshot-move` copies a CSI snapshot to the bucket, `snapshot` leaves it on the storage it
 * came from, `files` reads the live file system, `none` saves objects only.
 */
export type VolumeBackup = "snapshot-move" | "snapshot" | "files" | "none";

/** Options of {@link veleroSchedule}. */
export interface VeleroScheduleOptions extends Omit<NamespacedOptions, "namespace"> {
  /** Velero's own namespace; `velero` by default. */
  readonly namespace?: string | undefined;
  /** Namespaces to save; at least one. */
  readonly namespaces: readonly string[];
  /** A preset, or FIVE cron fields: `0 3 * * *` is every day at 03:00. */
  readonly schedule: CronPreset | (string & {});
  /** How long a backup is kept, as a Go duration; `720h` (30 days) by default. */
  readonly ttl?: string | undefined;
  /** `snapshot-move` by default: a snapshot that stays on the same disks is no backup. */
  readonly volumes?: VolumeBackup | undefined;
  readonly storageLocation?: string | undefined;
  /** Fields of the backup template, merged last. */
  readonly template?: Partial<Template> | undefined;
  readonly spec?: Partial<ScheduleSpec> | undefined;
}

const VOLUMES: Readonly<Record<VolumeBackup, Partial<Template>>> = {
  "snapshot-move": { snapshotVolumes: true, snapshotMoveData: true },
  snapshot: { snapshotVolumes: true },
  files: { snapshotVolumes: false, defaultVolumesToFsBackup: true },
  none: { snapshotVolumes: false },
};

/**
 * A Velero Schedule for some namespaces.
 *
 * Velero itself does not encrypt: set the Secret `velero-repo-credentials` before the first backup, since the default
 * password of its repository is public. Throws TypeError for a malformed or six-field schedule.
 *
 * @example
 * ```ts
 * import { veleroSchedule } from "@idstack/backup";
 * const schedule = veleroSchedule({ name: "apps", namespaces: ["apps"], schedule: "daily" });
 * console.log(schedule.spec.schedule, schedule.spec.template.snapshotMoveData); // 0 3 * * * true
 * ```
 */
export function veleroSchedule(options: VeleroScheduleOptions): Schedule & { spec: ScheduleSpec } {
  if (options.namespaces.length === 0) throw new TypeError("veleroSchedule: namespaces is empty, which saves nothing");
  return {
    apiVersion: "velero.io/v1",
    kind: "Schedule",
    metadata: metadata({ ...options, namespace: options.namespace ?? "velero" }),
    spec: {
      schedule: scheduleText("veleroSchedule", options.schedule, 5),
      template: {
        includedNamespaces: [...options.namespaces],
        ttl: options.ttl ?? "720h",
        ...VOLUMES[options.volumes ?? "snapshot-move"],
        ...defined({ storageLocation: options.storageLocation }),
        ...options.template,
      },
      ...options.spec,
    },
  };
}
