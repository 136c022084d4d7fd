import { parseManifests } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp, np } from "./fixtures.ts";

const rule = (spec: object) => cnp("apps/p", { endpointSelector: API, ...spec });
const ports = (...list: object[]) => [{ ports: list }];
const tcp = { port: "80", protocol: "TCP" };

/** Each is admitted or not by the API server, but never imported by the agent. */
const REFUSED: readonly [defect: string, policy: ReturnType<typeof cnp>, path: string, message: RegExp][] = [
  ["no lists", rule({}), "spec", /needs at least one item/],
  ["no spec", { ...rule({ ingress: [{}] }), spec: undefined } as never, "", /needs spec or specs/],
  ["no selector", cnp("apps/p", { ingress: [{}] }), "spec", /needs endpointSelector/],
  [
    "both selectors",
    ccnp("p", { endpointSelector: {}, nodeSelector: {}, ingress: [{}] }),
    "spec",
    /both endpointSelector and nodeSelector/,
  ],
  [
    "nodeSelector in a CNP",
    cnp("apps/p", { nodeSelector: {}, ingress: [{}] }),
    "spec.nodeSelector",
    /takes no nodeSelector/,
  ],
  [
    "two kinds of peers",
    rule({ ingress: [{ fromEndpoints: [{}], fromEntities: ["world"] }] }),
    "spec.ingress[0].fromEntities",
    /cannot be combined with fromEndpoints/,
  ],
  [
    "names and CIDR",
    rule({ egress: [{ toCIDR: ["1.1.1.1/32"], toFQDNs: [{ matchName: "a.b" }] }] }),
    "spec.egress[0].toFQDNs",
    /cannot be combined/,
  ],
  [
    "icmps beside toPorts",
    rule({ ingress: [{ toPorts: ports(tcp), icmps: [{ fields: [{ type: 8 }] }] }] }),
    "spec.ingress[0].icmps",
    /exclude each other/,
  ],
  [
    "no port",
    rule({ ingress: [{ toPorts: ports({ protocol: "TCP" }) }] }),
    "spec.ingress[0].toPorts[0].ports[0]",
    /port must be given/,
  ],
  [
    "port out of range",
    rule({ ingress: [{ toPorts: ports({ port: "70000" }) }] }),
    "spec.ingress[0].toPorts[0].ports[0].port",
    /is not a port/,
  ],
  [
    "numeric port",
    rule({ ingress: [{ toPorts: ports({ port: 80 }) }] }),
    "spec.ingress[0].toPorts[0].ports[0].port",
    /must be a text/,
  ],
  [
    "unknown protocol",
    rule({ ingress: [{ toPorts: ports({ port: "80", protocol: "HTTP" }) }] }),
    "spec.ingress[0].toPorts[0].ports[0].protocol",
    /does not exist/,
  ],
  [
    "41 ports",
    rule({ ingress: [{ toPorts: ports(...Array.from({ length: 41 }, () => tcp)) }] }),
    "spec.ingress[0].toPorts[0].ports",
    /at most 40/,
  ],
  [
    "HTTP on ANY",
    rule({ ingress: [{ toPorts: [{ ports: [{ port: "80" }], rules: { http: [{}] } }] }] }),
    "spec.ingress[0].toPorts[0].ports[0].protocol",
    /need protocol TCP/,
  ],
  [
    "HTTP on port 0",
    rule({ ingress: [{ toPorts: [{ ports: [{ port: "0", protocol: "TCP" }], rules: { http: [{}] } }] }] }),
    "spec.ingress[0].toPorts[0].ports[0].port",
    /port 0/,
  ],
  [
    "HTTP and DNS",
    rule({ egress: [{ toPorts: [{ ports: [tcp], rules: { http: [{}], dns: [{ matchPattern: "*" }] } }] }] }),
    "spec.egress[0].toPorts[0].rules",
    /exclude each other/,
  ],
  [
    "DNS on ingress",
    rule({ ingress: [{ toPorts: [{ ports: [{ port: "53" }], rules: { dns: [{ matchPattern: "*" }] } }] }] }),
    "spec.ingress[0].toPorts[0].rules",
    /not allowed on ingress/,
  ],
  [
    "DNS on a range",
    rule({
      egress: [{ toPorts: [{ ports: [{ port: "53", endPort: 60 }], rules: { dns: [{ matchPattern: "*" }] } }] }],
    }),
    "spec.egress[0].toPorts[0].ports[0].endPort",
    /no port range/,
  ],
  [
    "look-around",
    rule({ ingress: [{ toPorts: [{ ports: [tcp], rules: { http: [{ path: "(?!/admin).*" }] } }] }] }),
    "spec.ingress[0].toPorts[0].rules.http[0].path",
    /not a regular expression/,
  ],
  [
    "name and pattern",
    rule({ egress: [{ toFQDNs: [{ matchName: "a.b", matchPattern: "*" }] }] }),
    "spec.egress[0].toFQDNs[0]",
    /one valid matchName or matchPattern/,
  ],
  [
    "wildcard in a name",
    rule({ egress: [{ toFQDNs: [{ matchName: "*.b" }] }] }),
    "spec.egress[0].toFQDNs[0]",
    /one valid/,
  ],
  [
    "unknown entity",
    rule({ ingress: [{ fromEntities: ["wrold"] }] }),
    "spec.ingress[0].fromEntities[0]",
    /did you mean "world"/,
  ],
  ["no CIDR", rule({ ingress: [{ fromCIDR: ["10.0.0/8"] }] }), "spec.ingress[0].fromCIDR[0]", /is not a CIDR/],
  [
    "exception outside",
    rule({ ingress: [{ fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] }] }] }),
    "spec.ingress[0].fromCIDRSet[0].except[0]",
    /lies outside/,
  ],
  [
    "CIDR set without anything",
    rule({ ingress: [{ fromCIDRSet: [{}] }] }),
    "spec.ingress[0].fromCIDRSet[0]",
    /exactly one of/,
  ],
  ["removed fromRequires", rule({ ingress: [{ fromRequires: [{}] }] }), "spec.ingress[0].fromRequires", /was removed/],
  [
    "unknown ICMP type",
    rule({ ingress: [{ icmps: [{ fields: [{ type: "Ping" }] }] }] }),
    "spec.ingress[0].icmps[0].fields[0]",
    /ICMP type "Ping"/,
  ],
  [
    "unknown operator",
    rule({ ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: "a", operator: "Is" }] }] }] }),
    "spec.ingress[0].fromEndpoints[0]",
    /is not an operator/,
  ],
  [
    "In without values",
    rule({ ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: "a", operator: "In" }] }] }] }),
    "spec.ingress[0].fromEndpoints[0]",
    /needs values/,
  ],
  [
    "label value",
    rule({ ingress: [{ fromEndpoints: [{ matchLabels: { a: "b c" } }] }] }),
    "spec.ingress[0].fromEndpoints[0]",
    /is not a label value/,
  ],
  [
    "listener on ingress",
    rule({ ingress: [{ toPorts: [{ ports: [tcp], listener: { name: "x", envoyConfig: { name: "y" } } }] }] }),
    "spec.ingress[0].toPorts[0].listener",
    /not allowed on ingress/,
  ],
  ["a map for a list", rule({ ingress: {} }), "spec.ingress", /must be a list/],
  [
    "NetworkPolicy: empty peer",
    np("apps/p", { podSelector: {}, ingress: [{ from: [{}] }] }),
    "spec.ingress[0].from[0]",
    /needs podSelector/,
  ],
  [
    "NetworkPolicy: ipBlock and selector",
    np("apps/p", { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] }] }),
    "spec.ingress[0].from[0]",
    /cannot be combined/,
  ],
  [
    "NetworkPolicy: bare address",
    np("apps/p", { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.1" } }] }] }),
    "spec.ingress[0].from[0].ipBlock.cidr",
    /is not a CIDR/,
  ],
  [
    "NetworkPolicy: endPort of a name",
    np("apps/p", { podSelector: {}, ingress: [{ ports: [{ port: "http", endPort: 90 }] }] }),
    "spec.ingress[0].ports[0].endPort",
    /numeric port/,
  ],
  [
    "NetworkPolicy: protocol",
    np("apps/p", { podSelector: {}, ingress: [{ ports: [{ protocol: "ICMP" }] }] }),
    "spec.ingress[0].ports[0].protocol",
    /does not exist/,
  ],
];

describe("policies that take no effect", () => {
  test.each(REFUSED)("%s", (_defect, policy, path, message) => {
    const cluster = clusterOf([policy]);
    expect(cluster.diagnostics).toHaveLength(1);
    expect(cluster.diagnostics[0]).toMatchObject({
      code: "policy-refused",
      severity: "error",
      path,
      message: expect.stringMatching(message),
    });
    // Nothing of it counts, and every flow that it was meant for says so.
    const result = cluster.flow("data/db", "apps/api", "tcp/8080");
    expect(result).toMatchObject({ verdict: "allowed", warnings: [{ code: "policy-refused" }] });
  });

  test("warn only where they were meant to apply", () => {
    const cluster = clusterOf([cnp("data/p", { ingress: [{}] })]);
    expect(cluster.flow("apps/web", "apps/api").warnings).toEqual([]);
    expect(cluster.flow("apps/web", "data/db").warnings).toHaveLength(1);
  });
});

/** Constructs whose effect is not evaluated: the flows they can influence have no verdict. */
describe("constructs that are not evaluated", () => {
  test.each([
    ["an unknown peer list", { ingress: [{ fromFriends: [{}] }] }, "spec.ingress[0].fromFriends", undefined],
    [
      "a misspelt peer list",
      { ingress: [{ fromEndpoint: [{}], toPorts: ports(tcp) }] },
      "spec.ingress[0].fromEndpoint",
      'Did you mean "fromEndpoints"?',
    ],
    ["a misspelt section", { ingres: [{}], ingress: [{}] }, "spec.ingres", 'Did you mean "ingress"?'],
    [
      "an unknown port field",
      { ingress: [{ toPorts: ports({ ...tcp, from: 1 }) }] },
      "spec.ingress[0].toPorts[0].ports[0].from",
      undefined,
    ],
    ["cloud groups", { ingress: [{ fromGroups: [{ aws: {} }] }] }, "spec.ingress[0].fromGroups", undefined],
    ["node labels", { ingress: [{ fromNodes: [{}] }] }, "spec.ingress[0].fromNodes", undefined],
  ])("%s", (_name, spec, path, help) => {
    const cluster = clusterOf([rule(spec)]);
    expect(cluster.diagnostics).toMatchObject([
      { code: "unsupported-construct", severity: "error", path, ...(help === undefined ? {} : { help }) },
    ]);
    expect(cluster.flow("data/db", "apps/api", "tcp/80").verdict).toBe("unknown");
    expect(cluster.flow("data/db", "apps/web", "tcp/80").verdict).toBe("allowed");
  });

  test("a deny decides in spite of them, an allow does not", () => {
    const odd = rule({ ingress: [{ fromFriends: [{}] }] });
    const deny = cnp("apps/deny", { endpointSelector: API, ingressDeny: [{ fromEntities: ["cluster"] }] });
    const allow = cnp("apps/allow", { endpointSelector: API, ingress: [{ fromEntities: ["cluster"] }] });
    expect(clusterOf([odd, deny]).flow("data/db", "apps/api").verdict).toBe("denied");
    expect(clusterOf([odd, allow]).flow("data/db", "apps/api").verdict).toBe("allowed");
    const oddDeny = rule({ ingressDeny: [{ fromFriends: [{}] }] });
    expect(clusterOf([oddDeny, allow]).flow("data/db", "apps/api").verdict).toBe("unknown");
    expect(clusterOf([oddDeny]).flow("data/db", "apps/api").verdict).toBe("denied");
  });

  test("encrypted policies", () => {
    const { documents } = parseManifests(
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: p, namespace: apps }\nspec: ENC[AES256_GCM,data:x]\nsops: { version: 3.13.0, mac: x }\n",
      { file: "p.yaml" },
    );
    const cluster = clusterOf([], {}, { documents });
    expect(cluster.diagnostics).toMatchObject([{ code: "encrypted-policy", file: "p.yaml" }]);
    expect(cluster.flow("data/db", "apps/api").verdict).toBe("unknown");
    expect(cluster.flow("data/db", "data/db").verdict).toBe("allowed");
    const whole = parseManifests(
      "apiVersion: ENC[AES256_GCM,data:x]\nkind: ENC[AES256_GCM,data:y]\nsops: { mac: x }\n",
      { file: "s.yaml" },
    );
    expect(clusterOf([], {}, whole).flow("apps/web", "apps/api").warnings).toMatchObject([
      { code: "unread-file", severity: "warning", message: "not read, so policies in it do not count: s.yaml" },
    ]);
  });

  test("policy kinds of others are named in every answer", () => {
    const anp = {
      apiVersion: "policy.networking.k8s.io/v1alpha1",
      kind: "AdminNetworkPolicy",
      metadata: { name: "x" },
    };
    const calico = { apiVersion: "crd.projectcalico.org/v1", kind: "GlobalNetworkPolicy", metadata: { name: "x" } };
    const severity = (object: object, cni: "cilium" | "kubernetes") => {
      const cluster = clusterOf([object as never], { cni });
      expect(cluster.diagnostics).toHaveLength(1);
      return cluster.flow("apps/web", "apps/api").warnings.map((warning) => warning.severity);
    };
    expect(severity(anp, "cilium")).toEqual(["warning"]);
    expect(severity(anp, "kubernetes")).toEqual(["error"]);
    expect(severity(calico, "cilium")).toEqual(["warning"]);
    expect(severity(calico, "kubernetes")).toEqual(["error"]);
  });

  test("Cilium policies where Cilium does not run", () => {
    expect(clusterOf([rule({ ingress: [{}] })], { cni: "kubernetes" }).diagnostics).toMatchObject([
      { code: "policy-ignored", severity: "error" },
    ]);
  });

  test("two policies of one name: the last one counts", () => {
    const cluster = clusterOf([rule({ ingress: [{}] }), rule({ ingress: [{ fromEntities: ["all"] }] })]);
    expect(cluster.diagnostics).toMatchObject([{ code: "duplicate-policy", severity: "error" }]);
    expect(cluster.flow("apps/web", "apps/api").verdict).toBe("allowed");
  });
});
