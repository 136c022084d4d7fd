import { describe, expect, test } from "vitest";
import { spireChart } from "../../src/index.ts";

const base = { trustDomain: "homelab.internal", clusterName: "home" };

describe("spireChart", () => {
  test("custom resources first, then the release, with identities only where declared", () => {
    const { crds, chart, className } = spireChart(base);
    expect(crds).toMatchObject({ chart: "spire-crds", releaseName: "spire-crds", namespace: "spire" });
    expect(chart).toMatchObject({ chart: "spire", releaseName: "spire", namespace: "spire" });
    expect(chart.values).toMatchObject({
      global: { spire: { trustDomain: "homelab.internal", clusterName: "home" } },
      "spire-server": {
        caTTL: "24h",
        defaultX509SvidTTL: "1h",
        defaultJwtSvidTTL: "5m",
        controllerManager: {
          className,
          watchClassless: true,
          identities: { clusterSPIFFEIDs: { default: { enabled: false } } },
        },
      },
      "spiffe-oidc-discovery-provider": { enabled: false },
    });
  });

  test("pods of the chart are endpoints; agents share the node's network", () => {
    const { endpoints } = spireChart({ ...base, oidc: true, releaseName: "id", namespace: "infra" });
    expect(endpoints.map(({ name, hostNetwork = false }) => `${name} ${hostNetwork}`)).toEqual([
      "id-server false",
      "id-agent true",
      "id-spiffe-csi-driver false",
      "id-spiffe-oidc-discovery-provider false",
    ]);
    expect(endpoints[0]).toMatchObject({
      namespace: "infra",
      labels: { "app.kubernetes.io/name": "server", "app.kubernetes.io/instance": "id" },
      serviceAccount: "id-server",
    });
    expect(endpoints[0]?.ports.map(({ port }) => port)).toContain(8081);
  });

  test("agents and the CSI driver share one socket, whose file name pods are told", () => {
    const { values } = spireChart(base).chart;
    const socket = "/run/spire/agent-sockets/spire-agent.sock";
    expect(values["spire-agent"]).toMatchObject({ socketPath: socket });
    expect(values["spiffe-csi-driver"]).toMatchObject({ agentSocketPath: socket });
  });

  test("the charts' Helm hooks are off, and can be switched on", () => {
    const off = { installAndUpgradeHooks: { enabled: false }, deleteHooks: { enabled: false } };
    expect(spireChart(base).chart.values["global"]).toMatchObject(off);
    const own = { global: { deleteHooks: { enabled: true } } };
    expect(spireChart({ ...base, values: own }).chart.values["global"]).toMatchObject({ ...off, ...own.global });
  });

  test("own values merge over the builder's", () => {
    const { values } = spireChart({ ...base, values: { "spire-server": { replicaCount: 1, caTTL: "48h" } } }).chart;
    expect(values["spire-server"]).toMatchObject({ replicaCount: 1, caTTL: "48h", defaultX509SvidTTL: "1h" });
  });

  test("lifetimes the server could not keep are refused", () => {
    expect(() => spireChart({ ...base, caTtl: "1h", x509SvidTtl: "2h" })).toThrow(/is not shorter than ca_ttl/);
    expect(() => spireChart({ ...base, trustDomain: "Homelab" })).toThrow(/trust domain/);
  });
});
