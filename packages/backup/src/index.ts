export type { ChartOutput, ChartRelease } from "@idstack/manifests";
export { checkSchedules, type ScheduleDocument } from "./check-schedules.ts";
export { BARMAN_CLOUD_PLUGIN_CHART, barmanCloudPluginChart } from "./cnpg/barman-cloud-plugin-chart.ts";
export { CNPG_OPERATOR_CHART, type CnpgOperatorChartOptions, cnpgOperatorChart } from "./cnpg/cnpg-operator-chart.ts";
export { type DatabaseBackupOptions, type DatabaseBackupOutput, databaseBackup } from "./cnpg/database-backup.ts";
export { type ObjectStoreOptions, objectStore, type S3CredentialsRef } from "./cnpg/object-store.ts";
export {
  type ClusterBackup,
  type PostgresClusterOptions,
  type PostgresClusterOutput,
  postgresCluster,
} from "./cnpg/postgres-cluster.ts";
export { type ScheduledBackupOptions, scheduledBackup } from "./cnpg/scheduled-backup.ts";
export { BARMAN_CLOUD_PLUGIN, CNPG_VERSION } from "./cnpg/versions.ts";
export { type CronCheckOptions, checkCron } from "./cron/check-cron.ts";
export { type CronPreset, cronPreset } from "./cron/cron-preset.ts";
export type { CronFields, CronResult, CronSchedule } from "./cron/cron-schedule.ts";
export { describeCron } from "./cron/describe-cron.ts";
export { parseCron } from "./cron/parse-cron.ts";
export { type VeleroScheduleOptions, type VolumeBackup, veleroSchedule } from "./velero/velero-schedule.ts";
