import { describe, expect, it } from "vitest";
import { allow, compile, defaultDeny, dns } from "../../src/index.ts";

const kubernetes = (...intents: Parameters<typeof compile>[1]) => compile("kubernetes", intents);

describe("compile for plain Kubernetes", () => {
  it("denies by default with empty lists, not with an item that would allow everything", () => {
    expect(kubernetes(defaultDeny("apps"))).toEqual({
      objects: [
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "default-deny", namespace: "apps" },
          spec: { podSelector: {}, ingress: [], egress: [], policyTypes: ["Ingress", "Egress"] },
        },
      ],
      lost: [],
      diagnostics: [],
    });
  });

  it("lets pods ask kube-dns", () => {
    expect(kubernetes(dns("apps")).objects[0]?.spec).toEqual({
      podSelector: {},
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
      policyTypes: ["Egress"],
    });
  });

  it("writes both directions", () => {
    const { objects } = kubernetes(allow({ from: "apps/web", to: "data/*", ports: ["tcp/8080", "udp/1000-1010"] }));
    expect(objects.map(({ metadata, spec }) => [metadata?.namespace, metadata?.name, spec])).toEqual([
      [
        "apps",
        "web-to-data-all-pods",
        {
          podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
          egress: [
            {
              to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } } }],
              ports: [
                { protocol: "TCP", port: 8080 },
                { protocol: "UDP", port: 1000, endPort: 1010 },
              ],
            },
          ],
          policyTypes: ["Egress"],
        },
      ],
      [
        "data",
        "all-pods-from-apps-web",
        {
          podSelector: {},
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "apps" } },
                  podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
                },
              ],
              ports: [
                { protocol: "TCP", port: 8080 },
                { protocol: "UDP", port: 1000, endPort: 1010 },
              ],
            },
          ],
          policyTypes: ["Ingress"],
        },
      ],
    ]);
  });

  it("says CIDRs and the entity all", () => {
    const { objects, lost } = kubernetes(
      allow({ from: "apps/web", to: { cidr: "10.0.0.0/8", except: ["10.42.0.0/16"] }, ports: "all" }),
      allow({ from: { entity: "all" }, to: "apps/web", ports: ["tcp/80"] }),
    );
    expect(lost).toEqual([]);
    expect(objects.map(({ spec }) => spec?.egress ?? spec?.ingress)).toEqual([
      [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.42.0.0/16"] } }] }],
      [{ ports: [{ protocol: "TCP", port: 80 }] }],
    ]);
  });

  it.each([
    ["lost-fqdn", allow({ from: "apps/api", to: { fqdn: "api.example.com" }, ports: ["tcp/443"] })],
    ["lost-entity", allow({ from: "apps/api", to: { entity: "kube-apiserver" }, ports: ["tcp/6443"] })],
    [
      "lost-http",
      allow({ from: { cidr: "10.0.0.0/8" }, to: "apps/api", ports: ["tcp/80"], http: [{ method: "GET" }] }),
    ],
    ["lost-dns-names", dns("apps", { names: ["*.example.com"] })],
  ])("leaves out what it cannot say and keeps the pods isolated: %s", (code, intent) => {
    const { objects, lost } = kubernetes(intent);
    expect(lost.map((diagnostic) => [diagnostic.code, diagnostic.severity, diagnostic.path])).toEqual([
      [`policy/${code}`, "error", "intents[0]"],
    ]);
    expect(objects).toHaveLength(1);
    const { ingress, egress, policyTypes } = objects[0]?.spec ?? {};
    expect(ingress ?? egress).toEqual([]);
    expect(policyTypes).toEqual([ingress ? "Ingress" : "Egress"]);
  });

  it("leaves out the restricted direction only", () => {
    const intent = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"], http: [{ method: "GET" }] });
    const { objects, lost } = kubernetes(intent);
    expect(lost.map(({ message }) => message)).toEqual([
      "NetworkPolicy cannot express HTTP rules: the rule of apps/api-from-apps-web (apps/web) is left out, so this traffic stays blocked",
    ]);
    expect(objects.map(({ spec }) => (spec?.ingress ?? spec?.egress)?.length)).toEqual([1, 0]);
  });

  it.each([
    ["0.0.0.0/0", [], 1],
    ["0.0.0.0/0", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], 0],
    ["10.0.0.0/8", ["10.42.0.0/16"], 0],
    ["10.0.0.0/8", [], 1],
    ["192.168.1.0/24", [], 0],
    ["::/0", [], 1],
    ["203.0.113.0/24", [], 0],
  ])("says when %s except %j may hold the cluster's own pods", (cidr, except, count) => {
    const intents = [defaultDeny("apps"), allow({ from: "apps/web", to: { cidr, except }, ports: ["tcp/443"] })];
    const codes = (target: "cilium" | "kubernetes") =>
      compile(target, intents).diagnostics.map(({ code, path }) => `${code} ${path}`);
    expect(codes("kubernetes")).toEqual(Array(count).fill("policy/cidr-holds-pods intents[1].to"));
    expect(codes("cilium")).toEqual([]);
  });
});
