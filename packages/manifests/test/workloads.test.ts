import { describe, expect, test } from "vitest";
import { documentsOf, type KubeObject, parseManifests, workloads } from "../src/index.ts";

const template = {
  metadata: { labels: { app: "web" } },
  spec: {
    serviceAccountName: "web-sa",
    hostNetwork: true,
    initContainers: [
      { name: "setup", ports: [{ containerPort: 1 }] },
      { name: "proxy", restartPolicy: "Always", ports: [{ name: "mesh", containerPort: 2, protocol: "UDP" }] },
    ],
    containers: [{ name: "web", ports: [{ name: "http", containerPort: 8080 }] }],
  },
};
const metadata = { name: "web", namespace: "apps", labels: { app: "other" } };
const of = (apiVersion: string, kind: string, spec: unknown): KubeObject =>
  Object.assign({ apiVersion, kind, metadata }, { spec });

describe("workloads", () => {
  test.each([
    ["apps/v1", "Deployment"],
    ["apps/v1", "StatefulSet"],
    ["apps/v1", "DaemonSet"],
    ["apps/v1", "ReplicaSet"],
    ["batch/v1", "Job"],
  ])("%s %s", (apiVersion, kind) => {
    const documents = documentsOf([of(apiVersion, kind, { template })]);
    expect(workloads(documents)).toEqual([
      {
        kind,
        name: "web",
        namespace: "apps",
        labels: { app: "web" },
        serviceAccount: "web-sa",
        hostNetwork: true,
        containers: template.spec.containers,
        initContainers: template.spec.initContainers,
        ports: [
          { name: "http", port: 8080, protocol: "TCP" },
          { name: "mesh", port: 2, protocol: "UDP" },
        ],
        podSpec: template.spec,
        podSpecPath: ["spec", "template", "spec"],
        document: documents[0],
      },
    ]);
  });

  test("CronJob and Pod", () => {
    const found = workloads(
      documentsOf([
        of("batch/v1", "CronJob", { jobTemplate: { spec: { template } } }),
        Object.assign({ apiVersion: "v1", kind: "Pod" }, { metadata: { name: "p" }, spec: { serviceAccount: "old" } }),
      ]),
    );
    expect(found.map((w) => [w.namespace, w.name, w.labels, w.serviceAccount, w.podSpecPath.join(".")])).toEqual([
      ["apps", "web", { app: "web" }, "web-sa", "spec.jobTemplate.spec.template.spec"],
      ["default", "p", {}, "old", "spec"],
    ]);
  });

  test("leaves out other groups, patches and what has no pod spec", () => {
    const { documents, patches } = parseManifests(
      "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec: {$patch: replace, containers: []}\n",
    );
    expect(workloads([...documents, ...patches])).toEqual([]);
    expect(
      workloads(
        documentsOf([of("serving.knative.dev/v1", "Deployment", { template }), of("apps/v1", "Deployment", "x")]),
      ),
    ).toEqual([]);
    expect(workloads(documentsOf([of("apps/v1", "toString", { template })]))).toEqual([]);
  });

  test("survives malformed pods", () => {
    const spec = { containers: ["x", null, { ports: [{ containerPort: "80" }, 5] }], hostNetwork: "yes" };
    const found = workloads(
      documentsOf([of("apps/v1", "Deployment", { template: { metadata: { labels: { a: 1, b: "c" } }, spec } })]),
    )[0];
    expect([found?.containers.length, found?.ports, found?.hostNetwork, found?.labels]).toEqual([
      1,
      [],
      false,
      { b: "c" },
    ]);
  });
});

test("a name that YAML reads as a number is no name", () => {
  const { documents } = parseManifests(
    "{apiVersion: v1, kind: Pod, metadata: {name: 5, namespace: 7}, spec: {containers: 5}}",
  );
  expect(workloads(documents)).toMatchObject([{ name: "", namespace: "default", containers: [] }]);
});
