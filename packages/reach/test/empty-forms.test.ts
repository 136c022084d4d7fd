import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp, np, verdict } from "./fixtures.ts";

/** What each party may do towards apps/api on tcp/8080, in this order. */
const ASKERS = ["apps/web", "data/db", "entity:world", "entity:host", "entity:remote-node"] as const;
type Row = [form: string, policies: Parameters<typeof verdict>[0], expected: string];
const api = (ingress: unknown) => [cnp("apps/p", { endpointSelector: API, ingress })];
const egress = (item: unknown) => [
  cnp("apps/p", { endpointSelector: { matchLabels: { app: "web" } }, egress: [item] }),
];
const port = { toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }] }] };

describe("empty, absent and wildcard forms", () => {
  // a = allowed, d = denied, one letter per asker. The local host may always enter.
  test.each<Row>([
    ["CNP ingress [{}] allows nothing and turns default deny on", api([{}]), "dddad"],
    [
      "CNP ingressDeny [{}] denies nothing and turns default deny on",
      [cnp("apps/p", { endpointSelector: API, ingressDeny: [{}] })],
      "dddad",
    ],
    ["NetworkPolicy ingress [{}] allows everything", [np("apps/p", { podSelector: API, ingress: [{}] })], "aaaaa"],
    [
      "NetworkPolicy ingress [] with its type denies by default",
      [np("apps/p", { podSelector: API, ingress: [], policyTypes: ["Ingress"] })],
      "dddad",
    ],
    ["NetworkPolicy without rules and types denies ingress", [np("apps/p", { podSelector: API })], "dddad"],
    [
      "NetworkPolicy of type Egress leaves ingress alone",
      [np("apps/p", { podSelector: API, policyTypes: ["Egress"] })],
      "aaaaa",
    ],
    ["CNP without ingress leaves it alone", [cnp("apps/p", { endpointSelector: API, egress: [{}] })], "aaaaa"],
    [
      "CNP ingress [] beside egress leaves it alone",
      [cnp("apps/p", { endpointSelector: API, ingress: [], egress: [{}] })],
      "aaaaa",
    ],
    ["fromEndpoints [] selects nobody", api([{ fromEndpoints: [] }]), "dddad"],
    ["fromEndpoints [] with ports selects nobody", api([{ fromEndpoints: [], ...port }]), "dddad"],
    ["fromCIDR [] with ports selects nobody", api([{ fromCIDR: [], ...port }]), "dddad"],
    ["fromCIDRSet [] with ports selects nobody", api([{ fromCIDRSet: [], ...port }]), "dddad"],
    ["fromEntities [] with ports selects nobody", api([{ fromEntities: [], ...port }]), "dddad"],
    ["fromNodes [] with ports selects nobody", api([{ fromNodes: [], ...port }]), "dddad"],
    ["an empty list silences a full one beside it", api([{ fromEndpoints: [], fromEntities: ["all"] }]), "dddad"],
    ["fromGroups [] with ports is everyone", api([{ fromGroups: [], ...port }]), "aaaaa"],
    ["fromEndpoints [{}] in a CNP is its own namespace", api([{ fromEndpoints: [{}] }]), "addad"],
    [
      "fromEndpoints [{}] in a CCNP is every pod",
      [ccnp("p", { endpointSelector: API, ingress: [{ fromEndpoints: [{}] }] })],
      "aadad",
    ],
    ["no peer with ports is everyone on them", api([port]), "aaaaa"],
    ["entity all is everyone", api([{ fromEntities: ["all"] }]), "aaaaa"],
    ["0.0.0.0/0 is the world, never pods or nodes", api([{ fromCIDR: ["0.0.0.0/0"] }]), "ddaad"],
    ["toPorts [{}] matches no port", api([{ fromEntities: ["all"], toPorts: [{}] }]), "dddad"],
    ["toPorts with ports [] matches no port", api([{ fromEntities: ["all"], toPorts: [{ ports: [] }] }]), "dddad"],
    ["toPorts [] does not restrict", api([{ fromEntities: ["all"], toPorts: [] }]), "aaaaa"],
    ["icmps with fields [] matches nothing", api([{ fromEntities: ["all"], icmps: [{ fields: [] }] }]), "dddad"],
  ])("%s", (_form, policies, expected) => {
    const cluster = clusterOf(policies);
    expect(cluster.diagnostics).toEqual([]);
    expect(ASKERS.map((asker) => cluster.flow(asker, "apps/api", "tcp/8080").verdict.charAt(0)).join("")).toBe(
      expected,
    );
  });

  test("toPorts [{}] in a deny rule denies nothing", () => {
    const policies = [
      cnp("apps/p", {
        endpointSelector: API,
        ingress: [{ fromEntities: ["all"] }],
        ingressDeny: [{ fromEntities: ["all"], toPorts: [{}] }],
      }),
    ];
    expect(verdict(policies, "apps/web", "apps/api")).toBe("allowed");
  });

  test.each([
    ["toFQDNs [] with ports is everyone", { toFQDNs: [], ...port }, "allowed"],
    ["toFQDNs [] without ports is nobody", { toFQDNs: [] }, "denied"],
    ["toGroups [] with ports is everyone", { toGroups: [], ...port }, "allowed"],
    ["egress {} is nobody", {}, "denied"],
  ])("%s", (_form, item, expected) => {
    expect(verdict(egress(item), "apps/web", "apps/api", "tcp/8080")).toBe(expected);
    expect(verdict(egress(item), "apps/web", "ip:1.1.1.1", "tcp/8080")).toBe(expected);
  });

  test("toServices that resolves to nothing is everyone on the ports, once the facts say that no Service is missing", () => {
    const policies = egress({ toServices: [{ k8sService: { serviceName: "gone", namespace: "apps" } }], ...port });
    expect(verdict(policies, "apps/web", "data/db", "tcp/8080", {}, { allServices: true })).toBe("allowed");
    expect(verdict(policies, "apps/web", "data/db", "tcp/8080")).toBe("unknown");
    const bare = egress({ toServices: [{ k8sService: { serviceName: "gone" } }] });
    expect(verdict(bare, "apps/web", "data/db", "tcp/8080", {}, { allServices: true })).toBe("denied");
  });

  test("a rule whose four lists are empty is refused, with the whole policy", () => {
    const cluster = clusterOf([
      cnp("apps/p", [
        { endpointSelector: {}, ingress: [{}] },
        { endpointSelector: {}, ingress: [], egress: [] },
      ]),
    ]);
    expect(cluster.diagnostics).toMatchObject([{ code: "policy-refused", severity: "error", path: "specs[1]" }]);
    const result = cluster.flow("data/db", "apps/api", "tcp/8080");
    expect(result.verdict).toBe("allowed");
    expect(result.warnings).toMatchObject([{ code: "policy-refused" }]);
  });
});
