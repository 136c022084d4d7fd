import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const cluster = (spec: string) =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db, namespace: data }\nspec: ${spec}\n---\n`;
const backup = (schedule: string, name = "db") =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: b, namespace: data }\nspec: { schedule: "${schedule}", cluster: { name: ${name} } }\n---\n`;
const plugin = "{ instances: 1, plugins: [{ name: barman-cloud.cloudnative-pg.io }] }";

describe("database-without-backup", () => {
  const severities = (yaml: string) =>
    findings(yaml, { only: ["database-without-backup"] }).map(({ severity }) => severity);

  it("wants a place and a schedule", () => {
    expect(severities(cluster("{ instances: 3 }"))).toEqual(["error"]);
    expect(severities(cluster("{ instances: 3 }") + backup("0 0 3 * * *"))).toEqual(["error"]);
    expect(severities(cluster(plugin))).toEqual(["warning"]);
    expect(severities(cluster(plugin) + backup("0 0 3 * * *", "other"))).toEqual(["warning"]);
    expect(severities(cluster(plugin) + backup("0 0 3 * * *"))).toEqual([]);
    expect(severities(cluster("{ instances: 1, backup: { volumeSnapshot: {} } }") + backup("@daily"))).toEqual([]);
  });

  it("does not count a plug-in that is off", () => {
    expect(severities(cluster(plugin.replace(" }]", ", enabled: false }]")) + backup("@daily"))).toEqual(["error"]);
  });
});

describe("scheduled-backup-cron", () => {
  const only = { only: ["scheduled-backup-cron"] };

  it("counts the fields that the reader reads", () => {
    expect(found(backup("15 3 * * *"), only)).toEqual(["scheduled-backup-cron 4"]);
    expect(found(backup("0 15 3 * * *"), only)).toEqual([]);
    expect(found(backup("@every 12h"), only)).toEqual([]);
    const velero =
      "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: { name: v, namespace: velero }\nspec: { schedule: '0 15 3 * * *' }\n";
    expect(found(velero, only)).toEqual(["scheduled-backup-cron 4"]);
  });
});
