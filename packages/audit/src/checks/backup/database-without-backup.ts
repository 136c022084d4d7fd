import type { KubeObject } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import { nameOf } from "../../internal/documents.ts";
import { listAt, mapAt, mapOf, textAt } from "../../internal/read.ts";

/** A CloudNativePG Cluster whose data exists only in its volumes. */
export const databaseWithoutBackup = defineCheck(
  {
    id: "database-without-backup",
    title: "CloudNativePG Cluster without backup",
    severity: "error",
    rationale:
      "Replicas copy a dropped table within milliseconds and share the fate of the cluster. Without a WAL archive and base backups elsewhere there is nothing to restore from.",
    fix: "Add the barman-cloud plugin with an ObjectStore to spec.plugins and a ScheduledBackup for the Cluster.",
    references: ["https://cloudnative-pg.io/documentation/current/backup/"],
    fixtures: { before: ["databases/cluster-without-backup.yaml"], clean: ["database.yaml"] },
  },
  function* (context) {
    const scheduled = context.ofKind("postgresql.cnpg.io", "ScheduledBackup").map(({ object }) => ownerOf(object));
    for (const document of context.ofKind("postgresql.cnpg.io", "Cluster")) {
      const { object } = document;
      const name = nameOf(object);
      if (!hasBackup(object)) {
        yield {
          document,
          path: ["spec"],
          message: `database \`${name}\` has neither spec.plugins nor spec.backup: no backup is made`,
        };
      } else if (!scheduled.includes(`${object.metadata?.namespace ?? ""}/${name}`)) {
        yield {
          document,
          path: ["spec"],
          severity: "warning",
          message: `database \`${name}\` has a place for backups, but no ScheduledBackup makes any`,
          help: "Add a ScheduledBackup for the Cluster.",
        };
      }
    }
  },
);

function hasBackup(cluster: KubeObject): boolean {
  const backup = mapAt(cluster, "spec", "backup");
  return (
    backup["barmanObjectStore"] !== undefined ||
    backup["volumeSnapshot"] !== undefined ||
    listAt(cluster, "spec", "plugins").some((plugin) => mapOf(plugin)["enabled"] !== false)
  );
}

function ownerOf(scheduledBackup: KubeObject): string {
  return `${scheduledBackup.metadata?.namespace ?? ""}/${textAt(scheduledBackup, "spec", "cluster", "name") ?? ""}`;
}
