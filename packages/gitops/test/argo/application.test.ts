import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { application, appOfApps, decryptionOf, helmApplication, ksops, sopsSecretsOperator } from "../../src/index.ts";

const source = { repo: "https://git.home.arpa/me/home.git", path: "rendered/apps/web" };
const base = { name: "web", project: "apps", destination: "apps", source };

describe("application", () => {
  test("heals itself, retries and never prunes unless asked", () => {
    const app = application(base);
    expect(validate([app])).toEqual([]);
    expect(app.metadata).toEqual({ name: "web", namespace: "argocd" });
    expect(app.spec).toEqual({
      project: "apps",
      source: {
        repoURL: "https://git.home.arpa/me/home.git",
        path: "rendered/apps/web",
        targetRevision: "HEAD",
        directory: { recurse: true },
      },
      destination: { server: "https://kubernetes.default.svc", namespace: "apps" },
      syncPolicy: {
        automated: { prune: false, selfHeal: true },
        retry: { limit: -1, refresh: true, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } },
      },
    });
  });

  test("every option reaches a field the API server knows", () => {
    const app = application({
      ...base,
      namespace: "gitops",
      labels: { team: "me" },
      annotations: { note: "x" },
      destination: { namespace: "apps", server: "https://192.168.1.20:6443" },
      source: { ...source, revision: "main", tool: "kustomize" },
      prune: true,
      selfHeal: false,
      createNamespace: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      serverSideApply: true,
      syncWave: -1,
      cascade: true,
      spec: { revisionHistoryLimit: 3 },
    });
    expect(validate([app])).toEqual([]);
    expect(app.metadata).toEqual({
      name: "web",
      namespace: "gitops",
      labels: { team: "me" },
      annotations: { "argocd.argoproj.io/sync-wave": "-1", note: "x" },
      finalizers: ["resources-finalizer.argocd.argoproj.io"],
    });
    expect(app.spec.source).not.toHaveProperty("directory");
    expect(app.spec.syncPolicy).toMatchObject({
      automated: { prune: true, selfHeal: false },
      managedNamespaceMetadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      syncOptions: ["CreateNamespace=true", "ServerSideApply=true"],
    });
    expect(app.spec.revisionHistoryLimit).toBe(3);
  });

  test("a manual application syncs nothing by itself", () => {
    expect(application({ ...base, sync: "manual" }).spec.syncPolicy).not.toHaveProperty("automated");
  });

  test("the project default is refused", () => {
    expect(() => application({ ...base, project: "default" })).toThrow(/web is in project "default"/);
  });

  test("ksops needs Kustomize", () => {
    expect(application({ ...base, decryptor: ksops() }).spec.source).not.toHaveProperty("directory");
    expect(() => application({ ...base, decryptor: ksops(), source: { ...source, tool: "directory" } })).toThrow(
      /its source needs tool "kustomize"/,
    );
  });

  test("states its decryptor", () => {
    expect(decryptionOf(application(base))).toBeUndefined();
    expect(decryptionOf(application({ ...base, decryptor: ksops() }))).toBe("ksops");
    const operator = sopsSecretsOperator({ version: "1.2.3" });
    const app = application({ ...base, decryptor: operator });
    expect(decryptionOf(app)).toBe("sops-secret");
    expect(app.spec.source?.directory).toEqual({ recurse: true });
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error ignoreDifference is spelt ignoreDifferences
    const app = application({ ...base, spec: { ignoreDifference: [] } });
    expect(validate([app])).toMatchObject([{ severity: "error", path: "spec.ignoreDifference" }]);
  });
});

describe("helmApplication", () => {
  const chart = {
    repo: "https://charts.goauthentik.io",
    chart: "authentik",
    version: "2026.8.0",
    releaseName: "authentik",
    namespace: "security",
    values: { server: { replicas: 1 } },
  };

  test("turns a release into an Application", () => {
    const app = helmApplication(chart, { project: "security", serverSideApply: true });
    expect(validate([app])).toEqual([]);
    expect(app.metadata.name).toBe("authentik");
    expect(app.spec).toMatchObject({
      project: "security",
      destination: { namespace: "security" },
      source: {
        repoURL: "https://charts.goauthentik.io",
        chart: "authentik",
        targetRevision: "2026.8.0",
        helm: { releaseName: "authentik", valuesObject: { server: { replicas: 1 } } },
      },
      syncPolicy: { automated: { prune: false, selfHeal: true }, syncOptions: ["ServerSideApply=true"] },
    });
  });

  test("writes OCI registries as Argo CD reads them", () => {
    const app = helmApplication({ ...chart, repo: "oci://ghcr.io/me/charts" }, { project: "security", name: "sso" });
    expect(app.spec.source?.repoURL).toBe("ghcr.io/me/charts");
    expect(app.metadata.name).toBe("sso");
  });

  test.each(["*", "2026.8", "^1.0.0", "latest"])("refuses the version range %j", (version) => {
    expect(() => helmApplication({ ...chart, version }, { project: "security" })).toThrow(/not an exact version/);
  });

  test("the project default is refused", () => {
    expect(() => helmApplication(chart, { project: "default" })).toThrow(/project "default"/);
  });
});

describe("appOfApps", () => {
  test("the root may create applications and projects, nothing else", () => {
    const root = appOfApps({ name: "root", source: { ...source, path: "rendered/argocd" } });
    expect(validate(root.objects)).toEqual([]);
    expect(root.application.spec).toMatchObject({
      project: "root",
      destination: { namespace: "argocd" },
      source: { path: "rendered/argocd" },
      syncPolicy: { automated: { prune: false } },
    });
    expect(root.project.spec).toMatchObject({
      sourceRepos: [source.repo],
      destinations: [{ namespace: "argocd" }],
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: [
        { group: "argoproj.io", kind: "AppProject" },
        { group: "argoproj.io", kind: "Application" },
      ],
    });
  });
});
