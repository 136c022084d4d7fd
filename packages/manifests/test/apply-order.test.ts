import { catalog } from "@idstack/schemas";
import { expect, test } from "vitest";
import { applyOrder, type KubeObject } from "../src/index.ts";

test("orders a whole stack", () => {
  const sorted = [
    "v1 Namespace",
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    "storage.k8s.io/v1 StorageClass",
    "v1 ResourceQuota",
    "v1 ServiceAccount",
    "rbac.authorization.k8s.io/v1 Role",
    "rbac.authorization.k8s.io/v1 RoleBinding",
    "v1 Secret",
    "v1 PersistentVolume",
    "v1 PersistentVolumeClaim",
    "cilium.io/v2 CiliumNetworkPolicy",
    "v1 Service",
    "apps/v1 Deployment",
    "networking.k8s.io/v1 Ingress",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration",
    "argoproj.io/v1alpha1 AppProject",
    "argoproj.io/v1alpha1 Application",
    "external-secrets.io/v1 ClusterSecretStore",
    "external-secrets.io/v1 ExternalSecret",
  ].map((text): KubeObject => {
    const [apiVersion = "", kind = ""] = text.split(" ");
    return { apiVersion, kind };
  });
  expect(applyOrder(sorted.toReversed())).toEqual(sorted);
});

test("keeps the order within a step and leaves its input alone", () => {
  const objects = ["b", "a", "c"].map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } }));
  const input = [...objects, { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } }];
  expect(applyOrder(input).map(({ metadata }) => metadata.name)).toEqual(["n", "b", "a", "c"]);
  expect(input[0]?.metadata.name).toBe("b");
});

test("a kind of the same name in another group is an ordinary custom resource", () => {
  const service = { apiVersion: "serving.knative.dev/v1", kind: "NetworkPolicy" };
  expect(applyOrder([service, { apiVersion: "apps/v1", kind: "Deployment" }])[0]?.kind).toBe("Deployment");
});

test("every policy kind comes before the workloads", () => {
  const kinds = catalog.filter(({ kind }) =>
    /^(?:NetworkPolicy|Cilium\w*NetworkPolicy|TracingPolicy\w*|CiliumCIDRGroup)$/.test(kind),
  );
  expect(kinds.length).toBeGreaterThan(4);
  for (const policy of kinds)
    expect(applyOrder([{ apiVersion: "apps/v1", kind: "Deployment" }, policy])[1]?.kind).toBe("Deployment");
});
