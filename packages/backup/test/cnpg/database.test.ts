import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { databaseBackup, objectStore, postgresCluster, scheduledBackup } from "../../src/index.ts";

const head = { name: "api-db", namespace: "apps" };
const store = {
  destination: "s3://home-backups/apps/api-db",
  endpoint: "https://s3.home.arpa",
  credentials: { secret: "s3-backup" },
};

describe("postgresCluster", () => {
  test("archives through the plugin, without superuser access", () => {
    const { cluster } = postgresCluster({ ...head, storage: "5Gi", backup: { objectStore: "api-db" } });
    expect(cluster.spec).toEqual({
      instances: 1,
      enableSuperuserAccess: false,
      bootstrap: { initdb: { database: "api_db", owner: "api_db" } },
      storage: { size: "5Gi" },
      plugins: [
        {
          name: "barman-cloud.cloudnative-pg.io",
          isWALArchiver: true,
          parameters: { barmanObjectName: "api-db" },
        },
      ],
    });
    expect(validate([cluster])).toEqual([]);
  });

  test("every option reaches a field the API server knows", () => {
    const { cluster } = postgresCluster({
      ...head,
      labels: { "app.kubernetes.io/part-of": "api" },
      annotations: { "argocd.argoproj.io/sync-wave": "1" },
      instances: 3,
      image: "ghcr.io/cloudnative-pg/postgresql:17.6",
      storage: { size: "5Gi", storageClass: "longhorn" },
      database: "api",
      owner: "app",
      backup: { objectStore: "store", serverName: "api-db-2" },
      spec: { enablePDB: false },
    });
    expect(validate([cluster])).toEqual([]);
    expect(cluster.metadata?.labels).toEqual({ "app.kubernetes.io/part-of": "api" });
    expect(cluster.spec).toMatchObject({
      instances: 3,
      imageName: "ghcr.io/cloudnative-pg/postgresql:17.6",
      storage: { size: "5Gi", storageClass: "longhorn" },
      bootstrap: { initdb: { database: "api", owner: "app" } },
      enablePDB: false,
    });
    expect(cluster.spec.plugins?.[0]?.parameters).toEqual({ barmanObjectName: "store", serverName: "api-db-2" });
  });

  test("without backups only when said", () => {
    const { cluster } = postgresCluster({ ...head, storage: "1Gi", backup: "none" });
    expect(cluster.spec.plugins).toBeUndefined();
    // @ts-expect-error a database has to say what happens to its backups
    expect(() => postgresCluster({ ...head, storage: "1Gi" })).toThrow(TypeError);
  });

  test("a misspelt passthrough field is found with its path", () => {
    const { cluster } = postgresCluster({
      ...head,
      storage: "1Gi",
      backup: "none",
      // @ts-expect-error it is spelt enableSuperuserAccess
      spec: { enableSuperUserAccess: true },
    });
    expect(validate([cluster])).toMatchObject([{ severity: "error", path: "spec.enableSuperUserAccess" }]);
  });

  test.each([
    ["name-too-long", "x".repeat(51), /is longer than 50/],
    ["name-with-dot", "api.db", /is not a name of lower-case letters/],
  ])("refuses %s", (_, name, message) => {
    expect(() => postgresCluster({ ...head, name, storage: "1Gi", backup: "none" })).toThrow(message);
  });

  test("instances are an endpoint with the operator's labels and ports", () => {
    const { endpoints } = postgresCluster({ ...head, storage: "1Gi", backup: "none" });
    expect(endpoints).toMatchObject([
      {
        name: "api-db",
        namespace: "apps",
        labels: { "cnpg.io/cluster": "api-db", "cnpg.io/podRole": "instance" },
        ports: [{ port: 5432 }, { port: 8000 }, { port: 9187 }],
      },
    ]);
  });
});

describe("objectStore", () => {
  test("refers to credentials, never holds them", () => {
    const object = objectStore({ ...head, ...store, endpointCa: { name: "s3-ca", key: "ca.crt" }, retention: "4w" });
    expect(validate([object])).toEqual([]);
    expect(object.spec.retentionPolicy).toBe("4w");
    expect(object.spec.configuration).toMatchObject({
      destinationPath: "s3://home-backups/apps/api-db",
      endpointURL: "https://s3.home.arpa",
      s3Credentials: {
        accessKeyId: { name: "s3-backup", key: "ACCESS_KEY_ID" },
        secretAccessKey: { name: "s3-backup", key: "ACCESS_SECRET_KEY" },
      },
    });
  });

  test("sends checksums only where S3 requires them to any server but AWS", () => {
    const { endpoint: _, ...aws } = store;
    const when = (name: string) => ({ name, value: "when_required" });
    expect(objectStore({ ...head, ...store }).spec.instanceSidecarConfiguration?.env).toEqual([
      when("AWS_REQUEST_CHECKSUM_CALCULATION"),
      when("AWS_RESPONSE_CHECKSUM_VALIDATION"),
    ]);
    expect(objectStore({ ...head, ...aws }).spec.instanceSidecarConfiguration).toBeUndefined();
  });

  test.each([
    ["retention", { retention: "30 days" }],
    ["destination", { destination: "home-backups" }],
    ["endpoint", { endpoint: "s3.home.arpa" }],
  ])("refuses a malformed %s", (option, wrong) => {
    expect(() => objectStore({ ...head, ...store, ...wrong })).toThrow(new RegExp(`objectStore: ${option} `));
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error retentionPolicies is spelt retentionPolicy
    const object = objectStore({ ...head, ...store, spec: { retentionPolicies: "30d" } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.retentionPolicies" }]);
  });
});

describe("scheduledBackup", () => {
  test("a preset becomes six fields and the plugin method", () => {
    const object = scheduledBackup({ ...head, cluster: "api-db", schedule: "daily" });
    expect(validate([object])).toEqual([]);
    expect(object.spec).toEqual({
      schedule: "0 0 3 * * *",
      immediate: true,
      cluster: { name: "api-db" },
      method: "plugin",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
      backupOwnerReference: "self",
    });
  });

  test("five fields are an error that names what they would have meant", () => {
    expect(() => scheduledBackup({ ...head, cluster: "api-db", schedule: "0 3 * * *" })).toThrow(
      /has five fields.*it would run every hour at minute 3.*Write "0 0 3 \* \* \*" to run every day at 03:00/,
    );
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error imediate is spelt immediate
    const object = scheduledBackup({ ...head, cluster: "api-db", schedule: "daily", spec: { imediate: true } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.imediate" }]);
  });
});

describe("databaseBackup", () => {
  test("store, cluster and schedule refer to each other", () => {
    const database = databaseBackup({ ...head, storage: "5Gi", schedule: "daily", store });
    expect(validate(database.objects)).toEqual([]);
    expect(database.objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}/${metadata?.name}`)).toEqual([
      "ObjectStore apps/api-db",
      "Cluster apps/api-db",
      "ScheduledBackup apps/api-db",
    ]);
    expect(database.cluster.spec?.plugins?.[0]?.parameters?.["barmanObjectName"]).toBe(database.store.metadata?.name);
    expect(database.schedule.spec?.cluster.name).toBe(database.cluster.metadata?.name);
    expect(database.endpoints).toHaveLength(1);
  });
});
