import { describe, expect, it } from "vitest";
import { allow, compile, defaultDeny, dns, exactPath } from "../../src/index.ts";

const cilium = (...intents: Parameters<typeof compile>[1]) => compile("cilium", intents).objects;

describe("compile for Cilium", () => {
  it("denies by default with the form that allows nothing in a CiliumNetworkPolicy", () => {
    expect(cilium(defaultDeny("apps"))).toEqual([
      {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name: "default-deny", namespace: "apps" },
        spec: {
          endpointSelector: {},
          ingress: [{}],
          egress: [{}],
          enableDefaultDeny: { ingress: true, egress: true },
        },
      },
    ]);
  });

  it("leaves a direction alone that was not asked for", () => {
    const [object] = cilium(defaultDeny("apps", { ingress: false }));
    expect(object?.spec).toEqual({ endpointSelector: {}, egress: [{}], enableDefaultDeny: { egress: true } });
  });

  it("lets pods ask kube-dns over UDP and TCP through the DNS proxy, without touching kube-dns itself", () => {
    expect(cilium(dns("apps"))).toEqual([
      {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name: "allow-dns", namespace: "apps" },
        spec: {
          endpointSelector: {},
          egress: [
            {
              toEndpoints: [
                { matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s-app": "kube-dns" } },
              ],
              toPorts: [
                {
                  ports: [
                    { port: "53", protocol: "UDP" },
                    { port: "53", protocol: "TCP" },
                  ],
                  rules: { dns: [{ matchPattern: "*" }] },
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  it("writes both directions, with the HTTP rules once at the destination", () => {
    const http = [{ method: "GET", path: "/v1/.*" }];
    expect(cilium(allow({ from: "apps/web", to: "data/api", ports: ["tcp/8080"], http }))).toEqual([
      {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name: "web-to-data-api", namespace: "apps" },
        spec: {
          endpointSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
          egress: [
            {
              toEndpoints: [
                { matchLabels: { "k8s:io.kubernetes.pod.namespace": "data", "app.kubernetes.io/name": "api" } },
              ],
              toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }] }],
            },
          ],
        },
      },
      {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name: "api-from-apps-web", namespace: "data" },
        spec: {
          endpointSelector: { matchLabels: { "app.kubernetes.io/name": "api" } },
          ingress: [
            {
              fromEndpoints: [
                { matchLabels: { "k8s:io.kubernetes.pod.namespace": "apps", "app.kubernetes.io/name": "web" } },
              ],
              toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }], rules: { http } }],
            },
          ],
        },
      },
    ]);
  });

  it("reads HTTP at the source when the destination has no policy of its own", () => {
    const http = [{ path: exactPath("/status") }];
    const [object] = cilium(allow({ from: "apps/web", to: { cidr: "10.0.0.7" }, ports: ["tcp/80"], http }));
    expect(object?.spec?.egress).toEqual([
      {
        toCIDRSet: [{ cidr: "10.0.0.7/32" }],
        toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules: { http: [{ path: "/status(\\?.*)?" }] } }],
      },
    ]);
  });

  it("writes only the side that is in the cluster for entities, CIDRs and DNS names", () => {
    const names = cilium(
      dns("apps"),
      allow({ from: "apps/api", to: { fqdn: "API.example.com." }, ports: ["tcp/443"] }),
      allow({ from: "apps/api", to: { fqdn: "*.s3.example.com" }, ports: ["tcp/443"] }),
      allow({ from: { entity: "world" }, to: "apps/api", ports: ["tcp/8443"] }),
      allow({ from: { cidr: "192.168.0.0/16", except: ["192.168.9.0/24"] }, to: "apps/*", ports: "all" }),
    ).slice(1);
    expect(names.map(({ metadata, spec }) => [metadata.name, spec?.ingress ?? spec?.egress])).toEqual([
      [
        "api-to-api.example.com",
        [{ toFQDNs: [{ matchName: "api.example.com" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }],
      ],
      [
        "api-to-any.s3.example.com",
        [{ toFQDNs: [{ matchPattern: "*.s3.example.com" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }],
      ],
      ["api-from-world", [{ fromEntities: ["world"], toPorts: [{ ports: [{ port: "8443", protocol: "TCP" }] }] }]],
      [
        "all-pods-from-cidr-192-168-0-0-16-except",
        [{ fromCIDRSet: [{ cidr: "192.168.0.0/16", except: ["192.168.9.0/24"] }] }],
      ],
    ]);
  });

  it("keeps ranges, and selects by other labels", () => {
    const db = { namespace: "apps", labels: { "cnpg.io/cluster": "api-db" } };
    const [object] = cilium(allow({ from: "apps/api", to: db, ports: ["tcp/5432-5433"], sides: "egress" }));
    expect(object?.metadata.name).toBe("api-to-apps-cluster-api-db");
    expect(object?.spec?.egress).toEqual([
      {
        toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "apps", "cnpg.io/cluster": "api-db" } }],
        toPorts: [{ ports: [{ port: "5432", endPort: 5433, protocol: "TCP" }] }],
      },
    ]);
  });

  it("reports labels that Cilium leaves out of identities", () => {
    const pod = { namespace: "apps", labels: { "statefulset.kubernetes.io/pod-name": "db-0" } };
    const { lost } = compile("cilium", [allow({ from: "apps/api", to: pod, ports: ["tcp/1"] })]);
    expect(lost.map(({ code, severity }) => [code, severity])).toEqual([
      ["policy/lost-label", "error"],
      ["policy/lost-label", "error"],
    ]);
    const named = { namespace: "kube-system", labels: { "app.kubernetes.io/name": "x", "k8s-app": "y" } };
    expect(compile("cilium", [allow({ from: "apps/api", to: named, ports: ["tcp/1"] })]).lost).toEqual([]);
  });
});
