import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { appProject } from "../../src/index.ts";

const repo = "https://git.home.arpa/me/home.git";
const base = { name: "apps", sourceRepos: [repo], destinations: ["apps"] };

describe("appProject", () => {
  test("permits what it lists: no cluster-scoped kind by default", () => {
    const project = appProject(base);
    expect(validate([project])).toEqual([]);
    expect(project.metadata).toEqual({ name: "apps", namespace: "argocd" });
    expect(project.spec).toEqual({
      sourceRepos: [repo],
      destinations: [{ namespace: "apps", server: "https://kubernetes.default.svc" }],
      clusterResourceWhitelist: [],
    });
  });

  test("every option reaches a field the API server knows", () => {
    const project = appProject({
      ...base,
      namespace: "gitops",
      labels: { team: "me" },
      annotations: { note: "x" },
      description: "applications",
      destinations: [
        { namespace: "apps", server: "https://192.168.1.20:6443" },
        { namespace: "lab", name: "lab" },
      ],
      clusterResources: ["Namespace", "rbac.authorization.k8s.io/ClusterRole"],
      namespaceResources: [{ group: "apps", kind: "Deployment" }, "Service"],
      spec: { orphanedResources: { warn: true } },
    });
    expect(validate([project])).toEqual([]);
    expect(project.spec).toEqual({
      description: "applications",
      sourceRepos: [repo],
      destinations: [
        { namespace: "apps", server: "https://192.168.1.20:6443" },
        { namespace: "lab", name: "lab" },
      ],
      clusterResourceWhitelist: [
        { group: "", kind: "Namespace" },
        { group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
      ],
      namespaceResourceWhitelist: [
        { group: "apps", kind: "Deployment" },
        { group: "", kind: "Service" },
      ],
      orphanedResources: { warn: true },
    });
  });

  test.each([
    ["the name default", { name: "default" }, /"default" is the project Argo CD creates itself/],
    ["no repository", { sourceRepos: [] }, /sourceRepos is empty/],
    ["no destination", { destinations: [] }, /destinations is empty/],
    ["any repository", { sourceRepos: ["*"] }, /sourceRepos of project apps has a bare "\*"/],
    ["any namespace", { destinations: ["*"] }, /destinations of project apps has a bare "\*"/],
    ["any cluster", { destinations: [{ namespace: "apps", server: "*" }] }, /destinations of project apps/],
    ["any cluster-scoped kind", { clusterResources: ["*/*"] }, /clusterResources of project apps/],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => appProject({ ...base, ...wrong })).toThrow(message);
  });

  test("a wildcard is accepted when asked for", () => {
    expect(appProject({ ...base, destinations: ["*"], allowWildcards: true }).spec.destinations).toMatchObject([
      { namespace: "*" },
    ]);
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error sourceRepo is spelt sourceRepos
    const project = appProject({ ...base, spec: { sourceRepo: [repo] } });
    expect(validate([project])).toMatchObject([{ severity: "error", path: "spec.sourceRepo" }]);
  });
});
