import { describe, expect, it } from "vitest";
import {
  CLUSTER_ADMIN_REASON,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  WILDCARD_REASON,
} from "../../src/index.ts";

const get = { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] };
const apiVersion = "rbac.authorization.k8s.io/v1";
const apiGroup = "rbac.authorization.k8s.io";

describe("roles", () => {
  it("hold the rules given", () => {
    expect(role({ name: "x", namespace: "apps", rules: [get] })).toEqual({
      apiVersion,
      kind: "Role",
      metadata: { name: "x", namespace: "apps" },
      rules: [get],
    });
    expect(clusterRole({ name: "x", rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] })).toEqual({
      apiVersion,
      kind: "ClusterRole",
      metadata: { name: "x" },
      rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
    });
  });

  it.each([
    ["verbs", { ...get, verbs: ["*"] }],
    ["resources", { ...get, resources: ["*"] }],
    ["resources", { ...get, resources: ["*/scale"] }],
    ["apiGroups", { ...get, apiGroups: ["*"] }],
    ["nonResourceURLs", { nonResourceURLs: ["*"], verbs: ["get"] }],
  ])("refuse a wildcard in %s without a reason, and carry the reason given", (field, rule) => {
    const build = (allowWildcard?: string) =>
      clusterRole({ name: "x", rules: [get, rule], ...(allowWildcard !== undefined && { allowWildcard }) });
    expect(() => build()).toThrow(`ClusterRole x: rules[1].${field} holds "*"`);
    expect(() => build(" ")).toThrow("allowWildcard is the reason");
    expect(build("CI creates anything here").metadata?.annotations).toEqual({
      [WILDCARD_REASON]: "CI creates anything here",
    });
  });

  it("of a namespace refuse URLs, which only a ClusterRole can grant", () => {
    const rules = [get, { nonResourceURLs: ["/metrics"], verbs: ["get"] }];
    expect(() => role({ name: "x", namespace: "a", rules })).toThrow("rules[1].nonResourceURLs are in no namespace");
  });

  it.each([
    ["no rules", [], "grants nothing"],
    ["no verbs", [{ ...get, verbs: [] }], "no verbs"],
    ["no API group", [{ resources: ["pods"], verbs: ["get"] }], "resources without apiGroups"],
    ["no resources", [{ apiGroups: [""], verbs: ["get"] }], "neither resources nor URLs"],
  ])("refuse %s", (_, rules, message) => {
    expect(() => clusterRole({ name: "x", rules })).toThrow(message);
  });
});

describe("bindings", () => {
  it("name ServiceAccounts, users and groups", () => {
    const subjects = ["apps/web", { user: "me" }, { group: "admins" }] as const;
    expect(roleBinding({ name: "x", namespace: "apps", role: "r", subjects })).toEqual({
      apiVersion,
      kind: "RoleBinding",
      metadata: { name: "x", namespace: "apps" },
      roleRef: { apiGroup, kind: "Role", name: "r" },
      subjects: [
        { kind: "ServiceAccount", namespace: "apps", name: "web" },
        { apiGroup, kind: "User", name: "me" },
        { apiGroup, kind: "Group", name: "admins" },
      ],
    });
    const wide = roleBinding({ name: "x", namespace: "apps", clusterRole: "view", subjects: ["apps/web"] });
    expect(wide.roleRef).toEqual({ apiGroup, kind: "ClusterRole", name: "view" });
  });

  it("bind cluster-admin only for a reason", () => {
    const options = { name: "x", clusterRole: "cluster-admin", subjects: ["infra/argocd"] } as const;
    expect(() => clusterRoleBinding(options)).toThrow("cluster-admin may do everything");
    expect(() => clusterRoleBinding({ ...options, allowClusterAdmin: "" })).toThrow(TypeError);
    expect(clusterRoleBinding({ ...options, allowClusterAdmin: "applies the whole tree" })).toEqual({
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: "x", annotations: { [CLUSTER_ADMIN_REASON]: "applies the whole tree" } },
      roleRef: { apiGroup, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", namespace: "infra", name: "argocd" }],
    });
  });

  it.each([
    ["nobody", [], "no subjects"],
    ["everybody", [{ group: "system:authenticated" }], "is everybody"],
    ["anonymous", [{ user: "system:anonymous" }], "is everybody"],
    ["a malformed reference", ["a/b/c" as const], 'is not "namespace/serviceaccount"'],
  ])("refuse %s", (_, subjects, message) => {
    expect(() => clusterRoleBinding({ name: "x", clusterRole: "view", subjects })).toThrow(message);
  });
});
