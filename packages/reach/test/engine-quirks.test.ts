import { describe, expect, test } from "vitest";
import { API, clusterOf, cnp, pods, verdict } from "./fixtures.ts";

const allow = (item: object) => [cnp("apps/p", { endpointSelector: API, ingress: [item] })];
const reach = (item: object) => [cnp("apps/p", { endpointSelector: { matchLabels: { app: "web" } }, egress: [item] })];
const on = (port: string) => allow({ toPorts: [{ ports: [{ port, protocol: "TCP" }] }] });

/** What Cilium's engine does with rules that hardly anyone means; found by comparing with it. */
describe("quirks of the engine", () => {
  test("an empty cidrGroupSelector is everyone, pods included", () => {
    const cluster = clusterOf(reach({ toCIDRSet: [{ cidrGroupSelector: {} }] }));
    expect(cluster.flow("apps/web", "data/db", "tcp/80").verdict).toBe("allowed");
    expect(cluster.diagnostics).toMatchObject([{ code: "selects-everyone", severity: "warning" }]);
  });

  test("an empty cidrGroupSelector with an exception is the addresses outside", () => {
    const group = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumCIDRGroup",
      metadata: { name: "g" },
      spec: { externalCIDRs: ["192.0.2.0/24"] },
    };
    const rules = reach({ toCIDRSet: [{ cidrGroupSelector: {}, except: ["10.0.0.0/8"] }] });
    const policies = [...rules, group as never];
    expect(verdict(policies, "apps/web", "data/db", "tcp/80")).toBe("denied");
    expect(verdict(policies, "apps/web", "ip:1.1.1.1", "tcp/80")).toBe("allowed");
    expect(verdict(policies, "apps/web", "ip:10.1.1.1", "tcp/80")).toBe("denied");
  });

  test("a port with a leading zero is octal", () => {
    expect(verdict(on("010"), "apps/web", "apps/api", "tcp/8")).toBe("allowed");
    expect(verdict(on("010"), "apps/web", "apps/api", "tcp/10")).toBe("denied");
    expect(clusterOf(on("080")).diagnostics).toMatchObject([{ code: "policy-refused" }]);
  });

  test("ICMP types that do not exist", () => {
    const icmp = (type: number) => allow({ icmps: [{ fields: [{ type }] }] });
    expect(verdict(icmp(256), "apps/web", "apps/api", "icmp/8")).toBe("denied");
    expect(verdict(icmp(-1), "apps/web", "apps/api", "icmp/8")).toBe("allowed");
    expect(clusterOf(icmp(256)).diagnostics).toMatchObject([{ code: "no-icmp-type", severity: "warning" }]);
  });

  test("toServices that names no Service is nobody, with ports everyone", () => {
    const port = { toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }] };
    expect(verdict(reach({ toServices: [{}] }), "apps/web", "data/db", "tcp/80")).toBe("denied");
    expect(verdict(reach({ toServices: [{}], ...port }), "apps/web", "data/db", "tcp/80")).toBe("allowed");
  });

  test("a label key whose prefix is no domain is refused", () => {
    const cluster = clusterOf(allow({ fromEndpoints: [{ matchLabels: { "Example_Com/app": "x" } }] }));
    expect(cluster.diagnostics).toMatchObject([{ code: "policy-refused", path: "spec.ingress[0].fromEndpoints[0]" }]);
  });

  test("a host expression that only the proxy would refuse leaves the flow open", () => {
    const rules = { http: [{ host: "[" }] };
    const policies = allow({ toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules }] });
    expect(clusterOf(policies).diagnostics).toMatchObject([{ code: "unsupported-construct" }]);
    expect(verdict(policies, "apps/web", "apps/api", "tcp/80")).toBe("unknown");
  });

  test("in mode always a pod without rules is closed even to its own node, and open to it with one", () => {
    const facts = { policyEnforcement: "always" } as const;
    expect(verdict([], "entity:host", "apps/api", "tcp/80", {}, facts)).toBe("denied");
    expect(verdict(allow({}), "entity:host", "apps/api", "tcp/80", {}, facts)).toBe("allowed");
    // Whether this rule governs the pod depends on a Namespace that is not among the objects.
    const maybe = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumClusterwideNetworkPolicy",
      metadata: { name: "p" },
      spec: { endpointSelector: { matchLabels: { "io.cilium.k8s.namespace.labels.team": "a" } }, ingress: [{}] },
    };
    const elsewhere = pods("elsewhere/api");
    const ask = (more: typeof facts | undefined) =>
      verdict([elsewhere, maybe as never], "entity:host", "elsewhere/api", "tcp/80", {}, more);
    expect(ask(facts)).toBe("unknown");
    expect(ask(undefined)).toBe("allowed");
  });
});

test("a cidrGroupSelector is open while no group is among the objects", () => {
  const policies = reach({ toCIDRSet: [{ cidrGroupSelector: { matchLabels: { zone: "a" } } }] });
  expect(verdict(policies, "apps/web", "ip:1.1.1.1", "tcp/80")).toBe("unknown");
  expect(verdict(policies, "apps/web", "data/db", "tcp/80")).toBe("denied");
});
