import { validate } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import {
  allow,
  blockShells,
  ciliumClusterwideNetworkPolicy,
  ciliumNetworkPolicy,
  compile,
  defaultDeny,
  dns,
  exactPath,
  type Intent,
  networkPolicy,
  tracingPolicy,
  tracingPolicyNamespaced,
} from "../src/index.ts";

const intents: Intent[] = [
  defaultDeny("apps"),
  defaultDeny("data", { egress: false }),
  dns("apps"),
  dns("data", { names: ["*.example.com", "api.example.com"] }),
  allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"], http: [{ method: "GET", path: exactPath("/") }] }),
  allow({ from: "apps/web", to: "apps/api", ports: ["tcp/81"], http: [{ host: "api", headers: ["X-A: b"] }] }),
  allow({ from: "apps/*", to: "data/*", ports: "all" }),
  allow({ from: "apps/api", to: { namespace: "data", labels: { "cnpg.io/cluster": "db" } }, ports: ["tcp/5000-5432"] }),
  allow({ from: "apps/api", to: { fqdn: "api.example.com" }, ports: ["tcp/443"] }),
  allow({ from: "apps/api", to: { fqdn: "**.example.com" }, ports: ["udp/443", "sctp/9"] }),
  allow({ from: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }, to: "apps/web", ports: ["tcp/80"] }),
  ...(["world", "cluster", "host", "remote-node", "kube-apiserver", "all", "ingress"] as const).map((entity) =>
    allow({ from: "apps/api", to: { entity }, ports: ["tcp/6443"] }),
  ),
];
const spec = { kprobes: [{ call: "tcp_connect", syscall: false, args: [{ index: 0, type: "sock" as const }] }] };
const pods = { podSelector: { matchLabels: { app: "x" } } };
const nodes = { name: "x", nodeSelector: {}, ingress: [{ fromEntities: ["cluster" as const] }] };

describe("what the builders make is what the API server takes", () => {
  it.each([
    ["compile for Cilium", compile("cilium", intents).objects],
    ["compile for Kubernetes", compile("kubernetes", intents).objects],
    ["blockShells by kprobe", [blockShells({ namespace: "apps" }), blockShells(pods)]],
    ["blockShells by LSM hook", [blockShells({ namespace: "apps", hook: "lsm", action: "report" })]],
    ["ciliumClusterwideNetworkPolicy", [ciliumClusterwideNetworkPolicy(nodes)]],
    [
      "tracing policies",
      [tracingPolicy({ name: "x", spec }), tracingPolicyNamespaced({ name: "x", namespace: "a", spec })],
    ],
  ])("%s", (_, objects) => {
    expect(objects.length).toBeGreaterThan(0);
    expect(validate(objects)).toEqual([]);
  });
});

describe("a misspelt field in the passthrough is found", () => {
  const head = { name: "x", namespace: "apps" };
  const spelling = {
    // @ts-expect-error podSelector
    network: networkPolicy({ ...head, ingress: [], spec: { podSelectors: {} } }),
    // @ts-expect-error toEndpoints
    cilium: ciliumNetworkPolicy({ ...head, spec: { egress: [{ toEndpoint: [] }] } }),
    // @ts-expect-error description
    clusterwide: ciliumClusterwideNetworkPolicy({ ...nodes, spec: { descripton: "x" } }),
    // @ts-expect-error selectors
    tracing: tracingPolicy({ name: "x", spec: { kprobes: [{ call: "x", selector: [] }] } }),
    // @ts-expect-error options
    namespaced: tracingPolicyNamespaced({ ...head, spec: { option: [] } }),
    // @ts-expect-error hostSelector
    shells: blockShells({ namespace: "apps", spec: { hostSelectr: {} } }),
  };
  it.each([
    ["network", "spec.podSelectors"],
    ["cilium", "spec.egress[0].toEndpoint"],
    ["clusterwide", "spec.descripton"],
    ["tracing", "spec.kprobes[0].selector"],
    ["namespaced", "spec.option"],
    ["shells", "spec.hostSelectr"],
  ] as const)("%s", (key, path) => {
    expect(validate([spelling[key]]).map((diagnostic) => [diagnostic.severity, diagnostic.path])).toEqual([
      ["error", path],
    ]);
  });
});
