import { describe, expect, test } from "vitest";
import type { ClusterFacts } from "../src/index.ts";
import { API, cnp, np, pods, verdict } from "./fixtures.ts";

const FACTS: ClusterFacts = {
  apiServer: "192.168.1.10:6443",
  nodes: ["192.168.1.10", "192.168.1.11"],
  podCidr: "10.42.0.0/16",
};
const OUTSIDE: ClusterFacts = { ...FACTS, apiServer: "203.0.113.5" };
const to = (item: unknown) => [cnp("apps/p", { endpointSelector: { matchLabels: { app: "web" } }, egress: [item] })];
const reach = (item: unknown, party: string, facts: ClusterFacts = FACTS) =>
  verdict(to(item), "apps/web", party, "tcp/443", {}, facts);

describe("entities", () => {
  const parties = [
    "apps/api",
    "data/db",
    "entity:host",
    "entity:remote-node",
    "entity:kube-apiserver",
    "ip:1.1.1.1",
    "entity:health",
    "entity:ingress",
    "entity:unmanaged",
  ];
  test.each([
    ["all", "aaaaaaaaa"],
    ["cluster", "aaaaadaaa"],
    ["cluster-mesh", "aaaaadaaa"],
    ["world", "dddddaddd"],
    ["host", "ddadmdddd"],
    ["remote-node", "dddamdddd"],
    ["kube-apiserver", "ddmmadddd"],
    ["health", "ddddddadd"],
    ["ingress", "dddddddad"],
    ["unmanaged", "dddddddda"],
    ["none", "ddddddddd"],
    ["init", "ddddddddd"],
  ])("toEntities %s", (entity, expected) => {
    // A node may run the API server or not, hence "m" where only one of the two is meant.
    const got = parties.map((party) => reach({ toEntities: [entity] }, party).charAt(0));
    expect(got.join("")).toBe(expected);
  });

  test("an API server outside is the world, the cluster and itself", () => {
    for (const entity of ["world", "cluster", "kube-apiserver", "all"])
      expect(reach({ toEntities: [entity] }, "entity:kube-apiserver", OUTSIDE)).toBe("allowed");
    for (const entity of ["host", "remote-node"])
      expect(reach({ toEntities: [entity] }, "entity:kube-apiserver", OUTSIDE)).toBe("denied");
    expect(reach({ toCIDR: ["203.0.113.5/32"] }, "entity:kube-apiserver", OUTSIDE)).toBe("allowed");
  });

  test("an API server on a node matches no CIDR", () => {
    expect(reach({ toCIDR: ["192.168.1.10/32"] }, "entity:kube-apiserver")).toBe("denied");
    expect(reach({ toCIDR: ["192.168.1.10/32"] }, "ip:192.168.1.10")).toBe("denied");
    expect(reach({ toCIDRSet: [{ cidr: "0.0.0.0/0" }] }, "ip:192.168.1.10")).toBe("denied");
  });

  test("where the API server runs must be known for what depends on it", () => {
    const facts = { apiServer: "192.168.1.10" };
    expect(reach({ toCIDR: ["192.168.1.10/32"] }, "entity:kube-apiserver", facts)).toBe("mixed");
    expect(reach({ toEntities: ["kube-apiserver"] }, "entity:kube-apiserver", facts)).toBe("allowed");
    expect(reach({ toCIDR: ["203.0.113.5/32"] }, "entity:kube-apiserver", { apiServerOnNode: false })).toBe("unknown");
  });

  test("an initializing pod is denied by default both ways", () => {
    expect(verdict([], "entity:init", "apps/web", "tcp/1")).toBe("denied");
    expect(verdict([], "apps/web", "entity:init", "tcp/1")).toBe("denied");
  });

  test("a dual-stack cluster tells the two worlds apart", () => {
    const dual = { podCidr: ["10.42.0.0/16", "fd00:42::/64"] };
    expect(reach({ toEntities: ["world"] }, "ip:2606:4700::1", dual)).toBe("allowed");
    expect(reach({ toCIDR: ["0.0.0.0/0"] }, "ip:2606:4700::1", dual)).toBe("denied");
    expect(reach({ toCIDR: ["::/0"] }, "entity:world-ipv6", dual)).toBe("allowed");
    expect(reach({ toCIDR: ["::/0"] }, "entity:world", dual)).toBe("mixed");
    expect(reach({ toCIDR: ["0.0.0.0/0"] }, "fqdn:example.com", dual)).toBe("mixed");
  });
});

describe("addresses", () => {
  test.each([
    ["inside", { toCIDR: ["10.0.0.0/8"] }, "ip:10.1.2.3", "allowed"],
    ["outside", { toCIDR: ["10.0.0.0/8"] }, "ip:11.1.2.3", "denied"],
    ["a single address", { toCIDR: ["10.1.2.3/32"] }, "ip:10.1.2.3", "allowed"],
    ["host bits are ignored", { toCIDR: ["10.9.9.9/8"] }, "ip:10.1.2.3", "allowed"],
    ["an exception", { toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }, "ip:10.1.2.3", "denied"],
    ["beside an exception", { toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }, "ip:10.2.2.3", "allowed"],
    [
      "another item may allow what one excepts",
      { toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }, { cidr: "10.1.2.0/24" }] },
      "ip:10.1.2.3",
      "allowed",
    ],
    ["pods never match", { toCIDR: ["0.0.0.0/0"] }, "apps/api", "denied"],
    ["nodes never match", { toCIDR: ["0.0.0.0/0"] }, "entity:remote-node", "denied"],
    ["the whole range", { toCIDR: ["10.0.0.0/8"] }, "cidr:10.1.0.0/16", "allowed"],
    ["a part of the range", { toCIDR: ["10.1.0.0/24"] }, "cidr:10.1.0.0/16", "mixed"],
    ["none of the range", { toCIDR: ["10.0.0.0/8"] }, "cidr:192.168.0.0/24", "denied"],
    ["a block is not the world", { toCIDR: ["10.0.0.0/8"] }, "entity:world", "mixed"],
    ["everything is the world", { toCIDR: ["0.0.0.0/0"] }, "entity:world", "allowed"],
    [
      "all but private networks is not the world",
      { toCIDRSet: [{ cidr: "0.0.0.0/0", except: ["192.168.0.0/16"] }] },
      "entity:world",
      "mixed",
    ],
    ["IPv6", { toCIDR: ["2606:4700::/32"] }, "ip:2606:4700::6810:84e5", "allowed"],
    ["not that IPv6", { toCIDR: ["2606:4700::/32"] }, "ip:2607::1", "denied"],
  ])("%s", (_name, item, party, expected) => {
    expect(reach(item, party, { podCidr: "10.42.0.0/16" })).toBe(expected);
  });

  test("groups of CIDRs", () => {
    const group = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumCIDRGroup",
      metadata: { name: "lan", labels: { zone: "home" } },
      spec: { externalCIDRs: ["192.168.0.0/16"] },
    };
    const ask = (item: unknown, ip: string) =>
      verdict([group as never, ...to({ toCIDRSet: [item] })], "apps/web", `ip:${ip}`, "tcp/443");
    expect(ask({ cidrGroupRef: "lan" }, "192.168.1.1")).toBe("allowed");
    expect(ask({ cidrGroupRef: "lan" }, "10.0.0.1")).toBe("denied");
    expect(ask({ cidrGroupRef: "lan", except: ["192.168.1.0/24"] }, "192.168.1.1")).toBe("denied");
    expect(ask({ cidrGroupSelector: { matchLabels: { zone: "home" } } }, "192.168.1.1")).toBe("allowed");
    expect(ask({ cidrGroupSelector: { matchLabels: { zone: "away" } } }, "192.168.1.1")).toBe("denied");
    expect(ask({ cidrGroupRef: "gone" }, "192.168.1.1")).toBe("unknown");
  });

  test("in the nodes' network, an address may be a node or not", () => {
    expect(reach({ toCIDR: ["192.168.1.0/24"] }, "ip:192.168.1.20", { nodeCidr: "192.168.1.0/24" })).toBe("mixed");
    expect(reach({ toEntities: ["all"] }, "ip:192.168.1.20", { nodeCidr: "192.168.1.0/24" })).toBe("allowed");
  });
});

describe("names", () => {
  const dns = {
    toEntities: ["all"],
    toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchPattern: "*" }] } }],
  };
  const names = (...items: unknown[]) => [
    cnp("apps/p", { endpointSelector: { matchLabels: { app: "web" } }, egress: items }),
  ];
  test.each([
    [{ matchName: "api.example.com" }, "api.example.com", "allowed"],
    [{ matchName: "API.example.com." }, "api.example.com", "allowed"],
    [{ matchName: "api.example.com" }, "www.example.com", "denied"],
    [{ matchPattern: "*.example.com" }, "api.example.com", "allowed"],
    [{ matchPattern: "*.example.com" }, "example.com", "denied"],
    [{ matchPattern: "*.example.com" }, "a.b.example.com", "denied"],
    [{ matchPattern: "*example.com" }, "myexample.com", "allowed"],
    [{ matchPattern: "**.example.com" }, "a.b.example.com", "allowed"],
    [{ matchPattern: "**.example.com" }, "example.com", "denied"],
    [{ matchPattern: "*" }, "any.thing.at.all", "allowed"],
    [{ matchPattern: "sub*.example.com" }, "sub1.example.com", "allowed"],
  ])("%o and %s: %s", (peer, name, expected) => {
    expect(verdict(names(dns, { toFQDNs: [peer] }), "apps/web", `fqdn:${name}`, "tcp/443")).toBe(expected);
  });

  test("match no address that was not reached by name", () => {
    expect(verdict(names(dns, { toFQDNs: [{ matchPattern: "*" }] }), "apps/web", "ip:1.1.1.1", "tcp/443")).toBe(
      "denied",
    );
  });

  test("are part of the world", () => {
    expect(verdict(names({ toEntities: ["world"] }), "apps/web", "fqdn:example.com", "tcp/443")).toBe("allowed");
    expect(
      verdict(names(dns, { toFQDNs: [{ matchName: "example.com" }] }), "apps/web", "entity:world", "tcp/443"),
    ).toBe("mixed");
  });

  test("need their address for CIDR rules", () => {
    const policies = names({ toCIDR: ["203.0.113.0/24"] });
    expect(verdict(policies, "apps/web", "fqdn:example.com", "tcp/443")).toBe("unknown");
    expect(
      verdict(policies, "apps/web", "fqdn:example.com", "tcp/443", {}, { dns: { "example.com": ["203.0.113.7"] } }),
    ).toBe("allowed");
    expect(
      verdict(policies, "apps/web", "fqdn:example.com", "tcp/443", {}, { dns: { "Example.com.": ["198.51.100.7"] } }),
    ).toBe("denied");
    expect(verdict(names({ toCIDR: ["0.0.0.0/0"] }), "apps/web", "fqdn:example.com", "tcp/443")).toBe("allowed");
  });
});

describe("services", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "api", namespace: "apps", labels: { tier: "x" } },
    spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  const external = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "nas", namespace: "apps" },
    spec: { ports: [{ port: 445 }] },
  };
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "nas-1", namespace: "apps", labels: { "kubernetes.io/service-name": "nas" } },
    endpoints: [{ addresses: ["192.168.1.50"] }],
  };
  const ask = (ref: unknown, party: string, ...objects: unknown[]) =>
    verdict([...(objects as never[]), ...to({ toServices: [ref] })], "apps/web", party, "tcp/8080");

  test("stand for their pods", () => {
    expect(ask({ k8sService: { serviceName: "api", namespace: "apps" } }, "apps/api", service)).toBe("allowed");
    expect(ask({ k8sService: { serviceName: "api", namespace: "apps" } }, "data/db", service)).toBe("denied");
    expect(ask({ k8sService: { serviceName: "api", namespace: "data" } }, "apps/api", service)).toBe("unknown");
    expect(ask({ k8sServiceSelector: { selector: { matchLabels: { tier: "x" } } } }, "apps/api", service)).toBe(
      "allowed",
    );
  });

  test("without a selector stand for their addresses", () => {
    expect(ask({ k8sService: { serviceName: "nas" } }, "ip:192.168.1.50", external, slice)).toBe("allowed");
    expect(ask({ k8sService: { serviceName: "nas" } }, "ip:192.168.1.51", external, slice)).toBe("denied");
    expect(ask({ k8sService: { serviceName: "nas" } }, "ip:192.168.1.51", external)).toBe("unknown");
  });
});

describe("plain NetworkPolicy plugins", () => {
  const K: ClusterFacts = {
    cni: "kubernetes",
    podCidr: "10.42.0.0/16",
    apiServer: "192.168.1.10",
    nodes: ["192.168.1.10", "192.168.1.11"],
  };
  const block = (cidr: string, except?: string[]) => [
    np("apps/p", {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }] }],
    }),
  ];
  test.each([
    ["0.0.0.0/0", undefined, "apps/api", "allowed"],
    ["0.0.0.0/0", ["10.0.0.0/8"], "apps/api", "denied"],
    ["10.42.0.0/24", undefined, "apps/api", "unknown"],
    ["192.168.0.0/16", undefined, "apps/api", "denied"],
    ["192.168.1.10/32", undefined, "entity:kube-apiserver", "allowed"],
    ["10.0.0.0/8", undefined, "ip:10.1.1.1", "allowed"],
    ["10.0.0.0/8", ["10.1.0.0/16"], "ip:10.1.1.1", "denied"],
  ])("ipBlock %s except %o towards %s: %s", (cidr, except, party, expected) => {
    expect(verdict(block(cidr, except), "apps/web", party, "tcp/443", {}, K)).toBe(expected);
  });

  test("Cilium policies take no effect there, and that is said", () => {
    const policies = [cnp("apps/p", { endpointSelector: API, ingress: [{}] }), pods("apps/x")];
    expect(verdict(policies, "data/db", "apps/api", "tcp/1", {}, K)).toBe("allowed");
  });
});
