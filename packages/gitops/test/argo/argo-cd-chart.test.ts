import { describe, expect, test } from "vitest";
import { argoCdChart, ksops, sopsSecretsOperator } from "../../src/index.ts";

describe("argoCdChart", () => {
  test("emits the pods the chart creates", () => {
    const { endpoints } = argoCdChart();
    expect(endpoints.map(({ name }) => name)).toEqual([
      "argocd-server",
      "argocd-repo-server",
      "argocd-application-controller",
      "argocd-applicationset-controller",
      "argocd-redis",
      "argocd-redis-secret-init",
    ]);
    expect(endpoints[0]).toMatchObject({
      namespace: "argocd",
      labels: { "app.kubernetes.io/name": "argocd-server", "app.kubernetes.io/instance": "argocd" },
      serviceAccount: "argocd-server",
      ports: [{ port: 8080 }, { port: 8083 }],
    });
  });

  test("optional components are endpoints only when they are enabled", () => {
    const { chart, endpoints } = argoCdChart({
      dex: true,
      notifications: true,
      releaseName: "cd",
      namespace: "gitops",
    });
    expect(chart.values).toMatchObject({ dex: { enabled: true }, notifications: { enabled: true } });
    expect(endpoints.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["cd-argocd-dex-server", "cd-argocd-notifications-controller"]),
    );
    expect(endpoints.every(({ namespace }) => namespace === "gitops")).toBe(true);
  });

  test("the repo-server gets ksops and the age key", () => {
    const { values } = argoCdChart({
      domain: "argocd.home.arpa",
      decryptor: ksops({ ageKey: { secret: "age", key: "age.agekey" }, image: "viaductoss/ksops:v9" }),
      values: { repoServer: { replicas: 2, volumes: [{ name: "own", emptyDir: {} }] } },
    }).chart;
    expect(values).toMatchObject({
      global: { domain: "argocd.home.arpa" },
      configs: { cm: { "kustomize.buildOptions": "--enable-alpha-plugins --enable-exec" } },
      repoServer: {
        replicas: 2,
        env: [{ name: "SOPS_AGE_KEY_FILE", value: "/var/run/secrets/sops-age/age.agekey" }],
        volumes: [
          { name: "own" },
          { name: "custom-tools" },
          { name: "sops-age", secret: { secretName: "age", defaultMode: 0o444 } },
        ],
        initContainers: [{ image: "viaductoss/ksops:v9", securityContext: { runAsNonRoot: true } }],
      },
    });
  });

  test("values that would undo the wiring are refused", () => {
    const values = { configs: { cm: { "kustomize.buildOptions": "--enable-helm" } } };
    expect(() => argoCdChart({ decryptor: ksops(), values })).toThrow(
      /values.configs.cm.kustomize.buildOptions is "--enable-helm", but the decryptor needs/,
    );
  });

  test("the operator decrypts on its own", () => {
    const operator = sopsSecretsOperator({ version: "1.2.3", ageKey: { secret: "age", key: "k" }, values: { a: 1 } });
    expect(argoCdChart({ decryptor: operator }).chart.values).not.toHaveProperty("repoServer");
    expect(operator.chart).toMatchObject({
      version: "1.2.3",
      values: { secretsAsFiles: [{ secretName: "age" }], extraEnv: [{ name: "SOPS_AGE_KEY_FILE" }], a: 1 },
    });
    expect(operator.endpoints).toHaveLength(1);
  });
});
