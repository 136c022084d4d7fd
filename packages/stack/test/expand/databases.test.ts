import { getAt } from "@idstack/manifests";
import { expect, test } from "vitest";
import { expand } from "../../src/index.ts";
import { full, onKubernetes, render, stackOf } from "../fixtures.ts";

const objects = render(full);

test("a database that is backed up archives to a folder of its own", () => {
  expect(objects.get("Cluster apps/api-db")).toMatchObject({
    spec: { instances: 3, storage: { size: "5Gi" }, plugins: [{ isWALArchiver: true }] },
  });
  expect(objects.get("ObjectStore apps/api-db")).toMatchObject({
    spec: {
      configuration: {
        destinationPath: "s3://home-backups/apps/api-db",
        endpointURL: "https://s3.home.example.org:9000",
        s3Credentials: {
          accessKeyId: { name: "s3-backup", key: "ACCESS_KEY_ID" },
          secretAccessKey: { name: "s3-backup", key: "ACCESS_SECRET_KEY" },
        },
      },
    },
  });
  expect(getAt(objects.get("ScheduledBackup apps/api-db"), ["spec", "schedule"])).toBe("0 0 * * * *");
});

test("both keys come from one secret of the store, as JSON, in each namespace with such a database", () => {
  const found = [...objects.values()].filter(
    ({ kind, metadata }) => kind === "ExternalSecret" && metadata?.name === "s3-backup",
  );
  expect(found.map(({ metadata }) => metadata?.namespace)).toEqual(["apps", "security"]);
  for (const each of found) {
    expect(getAt(each, ["spec", "data"])).toBeUndefined();
    expect(getAt(each, ["spec", "dataFrom"])).toEqual([{ extract: { key: "s3" } }]);
  }
});

test("a database without backup has no store, no schedule and no way to the bucket", () => {
  expect(objects.has("Cluster apps/web-db")).toBe(true);
  expect(getAt(objects.get("Cluster apps/web-db"), ["spec", "plugins"])).toBeUndefined();
  expect(objects.has("ObjectStore apps/web-db")).toBe(false);
  expect(objects.has("ScheduledBackup apps/web-db")).toBe(false);
  expect(objects.has("CiliumNetworkPolicy apps/cluster-web-db-to-kube-apiserver")).toBe(true);
  expect(objects.has("CiliumNetworkPolicy apps/cluster-web-db-to-s3.home.example.org")).toBe(false);
});

test("the bucket is reached by name, or by address where it is one", () => {
  expect(
    getAt(objects.get("CiliumNetworkPolicy apps/cluster-api-db-to-s3.home.example.org"), ["spec", "egress"]),
  ).toEqual([
    { toFQDNs: [{ matchName: "s3.home.example.org" }], toPorts: [{ ports: [{ port: "9000", protocol: "TCP" }] }] },
  ]);
  expect(
    getAt(render(onKubernetes).get("NetworkPolicy apps/cluster-api-db-to-cidr-fd00-30-128"), ["spec", "egress"]),
  ).toEqual([{ to: [{ ipBlock: { cidr: "fd00::30/128" } }], ports: [{ port: 9000, protocol: "TCP" }] }]);
});

test("the pods that the operator will create are there for claims", () => {
  const { endpoints } = expand(stackOf(full));
  expect(
    endpoints.filter(({ labels }) => "cnpg.io/cluster" in labels).map(({ namespace, name }) => `${namespace}/${name}`),
  ).toEqual(["security/authentik-db", "apps/api-db", "apps/web-db"]);
});
