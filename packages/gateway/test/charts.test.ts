import { describe, expect, it } from "vitest";
import { certManagerChart, traefikChart } from "../src/index.ts";

describe("traefikChart", () => {
  it("redirects to HTTPS and leaves dashboard, Ingress and cross-namespace references off", () => {
    expect(traefikChart({ namespace: "infra", version: "37.1.0" })).toEqual({
      chart: {
        repo: "https://traefik.github.io/charts",
        chart: "traefik",
        version: "37.1.0",
        releaseName: "traefik",
        namespace: "infra",
        values: {
          deployment: { replicas: 1 },
          providers: {
            kubernetesCRD: { enabled: true, allowCrossNamespace: false, allowExternalNameServices: false },
            kubernetesIngress: { enabled: false },
            kubernetesGateway: { enabled: false },
          },
          ingressRoute: { dashboard: { enabled: false } },
          ports: { web: { port: 8000 }, websecure: { port: 8443 }, traefik: { port: 8080 }, metrics: { port: 9100 } },
          additionalArguments: [
            "--entryPoints.web.http.redirections.entryPoint.to=:443",
            "--entryPoints.web.http.redirections.entryPoint.scheme=https",
          ],
        },
      },
      objects: [],
      endpoints: [
        {
          namespace: "infra",
          name: "traefik",
          labels: { "app.kubernetes.io/name": "traefik", "app.kubernetes.io/instance": "traefik-infra" },
          serviceAccount: "traefik",
          ports: [
            { name: "web", port: 8000, protocol: "TCP" },
            { name: "websecure", port: 8443, protocol: "TCP" },
            { name: "traefik", port: 8080, protocol: "TCP" },
            { name: "metrics", port: 9100, protocol: "TCP" },
          ],
          source: "traefik chart 37.1.0",
        },
      ],
    });
  });

  it("takes an address, replicas, another name and other values", () => {
    const options = { releaseName: "edge", replicas: 2, loadBalancerIp: "192.168.1.20", gatewayApi: true };
    const { chart, endpoints } = traefikChart({ ...options, values: { logs: { access: { enabled: true } } } });
    expect(chart.values).toMatchObject({
      deployment: { replicas: 2 },
      providers: { kubernetesGateway: { enabled: true } },
      service: { spec: { loadBalancerIP: "192.168.1.20" } },
      logs: { access: { enabled: true } },
    });
    expect(endpoints[0]).toMatchObject({
      name: "edge-traefik",
      labels: { "app.kubernetes.io/instance": "edge-traefik" },
      serviceAccount: "edge-traefik",
    });
    expect(() => traefikChart({ namespace: "In fra" })).toThrow(TypeError);
  });
});

describe("certManagerChart", () => {
  it("keeps its CRDs and elects its leader in its own namespace", () => {
    const { chart, objects, endpoints } = certManagerChart();
    expect(objects).toEqual([]);
    expect(chart).toEqual({
      repo: "https://charts.jetstack.io",
      chart: "cert-manager",
      version: "v1.21.1",
      releaseName: "cert-manager",
      namespace: "cert-manager",
      values: {
        crds: { enabled: true, keep: true },
        global: { leaderElection: { namespace: "cert-manager" } },
        startupapicheck: { enabled: false },
      },
    });
    const view = endpoints.map(({ name, labels, ports, serviceAccount, source }) => [
      name,
      Object.values(labels),
      ports.map(({ port }) => port),
      serviceAccount,
      source,
    ]);
    const source = "cert-manager chart v1.21.1";
    expect(view).toEqual([
      ["cert-manager", ["cert-manager", "cert-manager", "controller"], [9402, 9403], "cert-manager", source],
      [
        "cert-manager-webhook",
        ["webhook", "cert-manager", "webhook"],
        [10250, 6080, 9402],
        "cert-manager-webhook",
        source,
      ],
      [
        "cert-manager-cainjector",
        ["cainjector", "cert-manager", "cainjector"],
        [9402],
        "cert-manager-cainjector",
        source,
      ],
    ]);
  });

  it("asks resolvers outside where the home's own DNS would answer", () => {
    const { chart } = certManagerChart({ dns01Resolvers: ["1.1.1.1:53", "9.9.9.9:53"], gatewayApi: true });
    expect(chart.values).toMatchObject({
      dns01RecursiveNameservers: "1.1.1.1:53,9.9.9.9:53",
      dns01RecursiveNameserversOnly: true,
      config: { kind: "ControllerConfiguration", gatewayAPI: { enabled: true } },
    });
    expect(() => certManagerChart({ dns01Resolvers: [] })).toThrow("dns01Resolvers: empty");
  });
});
