import type { KubeObject } from "@idstack/manifests";
import { ConfigMap as ConfigMapModel } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { checkDeclaration, expand } from "../../src/index.ts";
import { errorsOf, small, stackOf } from "../fixtures.ts";

const withObjects = (...objects: object[]) => ({ ...small, objects: objects as KubeObject[] });
const configMap = (metadata: object) => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
const deployment = (spec: object, labels: object = { app: "x" }) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", namespace: "apps" },
  spec: {
    selector: { matchLabels: { app: "x" } },
    template: { metadata: { labels }, spec: { containers: [{ name: "x", image: "x:1" }] } },
    ...spec,
  },
});

test.each<[string, object, string]>([
  [
    "a misspelt field",
    deployment({ replica: 2 }),
    "objects[0].spec.replica: Deployment apps/x: unknown field replica. Did you mean replicas?",
  ],
  [
    "a value of the wrong type",
    deployment({ replicas: "2" }),
    'objects[0].spec.replicas: Deployment apps/x: expected an integer, found string "2". Remove the quotes: 2.',
  ],
  [
    "no namespace",
    configMap({ name: "a" }),
    "objects[0].metadata.namespace: is missing: it would be applied beside Argo CD. Name a declared namespace.",
  ],
  [
    "a namespace that is not declared",
    configMap({ name: "a", namespace: "app" }),
    'objects[0].metadata.namespace: namespace "app" is not declared, so Argo CD may not deliver there. Did you mean "apps"?',
  ],
  [
    "a namespace where there is none",
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "a", namespace: "apps" } },
    "objects[0].metadata.namespace: Namespace is cluster-wide and has no namespace. Remove it.",
  ],
  [
    "a Secret in plain text",
    { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "apps" }, stringData: { token: "hunter2" } },
    "objects[0]: is a Secret in plain text, which would be committed. Encrypt it with SOPS and name the file in `sops.files`, or keep the value in the secret store.",
  ],
  [
    "a List",
    { apiVersion: "v1", kind: "List", items: [] },
    "objects[0]: is a List, which is no object of its own. Name its items.",
  ],
  [
    "an object of the stack",
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web", namespace: "apps" } },
    "objects[0]: makes ServiceAccount apps/web, which services.web makes too. Give one of them another name.",
  ],
  [
    "a policy of the stack",
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: "default-deny", namespace: "apps" },
      spec: { endpointSelector: {}, ingress: [{}] },
    },
    "objects[0]: makes CiliumNetworkPolicy apps/default-deny, which the stack itself makes too. Give one of them another name.",
  ],
  [
    "pods that pass for a service",
    deployment({}, { app: "x", "app.kubernetes.io/name": "web" }),
    "objects[0]: has pods labelled app.kubernetes.io/name: web in apps, as services.web has: neither policies nor Services tell them apart. Use another label.",
  ],
])("%s", (_, object, expected) => {
  expect(errorsOf(withObjects(object))).toEqual([expected]);
});

test("no message repeats a secret", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a", namespace: "apps" },
    stringData: { token: "hunter2" },
  };
  expect(JSON.stringify(checkDeclaration(withObjects(secret)))).not.toContain("hunter2");
});

test("objects are rendered as they are, instances of kubernetes-models included", () => {
  const model = new ConfigMapModel({ metadata: { name: "settings", namespace: "apps" }, data: { a: "1" } });
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "reader" },
    rules: [],
  };
  const dns = configMap({ name: "coredns-custom", namespace: "kube-system" });
  const { objects } = expand(stackOf(withObjects(model, role, dns)));
  const found = (object: unknown) => objects.find((placed) => placed.object === object);
  expect(found(model)).toMatchObject({ folder: "apps", source: "objects[0]" });
  expect(found(role)).toMatchObject({ folder: "_platform", source: "objects[1]" });
  expect(found(dns)).toMatchObject({ folder: "_platform", source: "objects[2]" });
});

test("a cluster-wide kind that only an object brings is permitted to the platform's project", () => {
  const priority = {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: "high" },
    value: 1000,
  };
  const { objects } = expand(stackOf(withObjects(priority)));
  const project = objects.find(({ object }) => object.kind === "AppProject" && object.metadata?.name === "platform");
  expect(project?.object).toMatchObject({
    spec: {
      clusterResourceWhitelist: expect.arrayContaining([{ group: "scheduling.k8s.io", kind: "PriorityClass" }]),
    },
  });
});
