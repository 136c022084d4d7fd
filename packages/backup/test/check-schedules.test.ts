import { documentsOf, parseManifests } from "@idstack/manifests";
import { expect, test } from "vitest";
import { checkSchedules, scheduledBackup, veleroSchedule } from "../src/index.ts";

test("a five-field ScheduledBackup is found with file, line and column", () => {
  const text = `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: db
spec:
  schedule: "0 3 * * *"
  cluster:
    name: db
`;
  const { documents } = parseManifests(text, { file: "db.yaml" });
  expect(checkSchedules(documents)).toMatchObject([
    { code: "backup/cron-fields", path: "spec.schedule", file: "db.yaml", line: 6 },
  ]);
});

test("what the builders make is clean, and other kinds are not read", () => {
  const objects = [
    scheduledBackup({ name: "db", namespace: "apps", cluster: "db", schedule: "weekly" }),
    veleroSchedule({ name: "apps", namespaces: ["apps"], schedule: "weekly" }),
    { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "x" }, spec: { schedule: "nonsense" } },
  ];
  expect(checkSchedules(documentsOf(objects))).toEqual([]);
});
