import { expect, test } from "vitest";
import { catalog, projects, servedVersions } from "../src/index.ts";

test("an entry says how the server addresses a kind and who defines it", () => {
  expect(catalog.find(({ kind }) => kind === "ClusterSPIFFEID")).toEqual({
    group: "spire.spiffe.io",
    version: "v1alpha1",
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ClusterSPIFFEID",
    namespaced: false,
    plural: "clusterspiffeids",
    project: "spire-controller-manager",
  });
  expect(catalog.find(({ group, kind }) => group === "" && kind === "Pod")).toMatchObject({
    apiVersion: "v1",
    namespaced: true,
    plural: "pods",
    project: "kubernetes",
  });
});

test("a kind that exists only below another resource has a plural of its own", () => {
  expect(catalog.find(({ kind }) => kind === "Binding")?.plural).toBe("bindings");
});

test("two projects may share a group", () => {
  const owners = catalog.filter(({ group }) => group === "cilium.io").map(({ project }) => project);
  expect(new Set(owners)).toEqual(new Set(["cilium", "tetragon"]));
});

test("is sorted and lists a kind of a version once", () => {
  const keys = catalog.map(({ group, version, kind }) => [group, version, kind].join(" "));
  expect(keys).toEqual([...keys].sort());
  expect(new Set(keys).size).toBe(keys.length);
});

test("projects name Kubernetes first, then 20 others with commit and day, and two with the day only", () => {
  expect(projects[0]).toEqual({ name: "kubernetes", version: "1.36.3", date: "2026-11-21" });
  expect(projects).toHaveLength(23);
  const withoutCommit = projects.slice(1).filter(({ commit }) => commit === undefined);
  expect(withoutCommit.map(({ name }) => name)).toEqual(["envoy-gateway", "prometheus-operator"]);
  for (const { commit = "0000000000", date } of projects.slice(1)) {
    expect(commit).toMatch(/^[0-9a-f]{10}$/);
    expect(date).toMatch(/^2026-\d\d-\d\d$/);
  }
  expect(new Set(catalog.map(({ project }) => project))).toEqual(new Set(projects.map(({ name }) => name)));
});

test("served versions of a kind", () => {
  expect(servedVersions("external-secrets.io", "ExternalSecret")).toEqual(["v1"]);
  expect(servedVersions("cilium.io", "CiliumLoadBalancerIPPool")).toEqual(["v2", "v2alpha1"]);
  expect(servedVersions("", "Namespace")).toEqual(["v1"]);
  expect(servedVersions("apps", "Deploymint")).toEqual([]);
});
