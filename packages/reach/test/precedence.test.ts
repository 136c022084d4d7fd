import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp, np, verdict } from "./fixtures.ts";

const all = cnp("apps/all", { endpointSelector: {}, ingress: [{ fromEntities: ["all"] }] });
const port = (number: string, extra: object = {}) => ({
  toPorts: [{ ports: [{ port: number, protocol: "TCP" }], ...extra }],
});

describe("a deny beats every allow", () => {
  test.each([
    ["of another kind", [np("apps/np", { podSelector: {}, ingress: [{}] })]],
    [
      "that is narrower",
      [
        cnp("apps/narrow", {
          endpointSelector: API,
          ingress: [{ fromEndpoints: [{ matchLabels: { app: "web" } }], ...port("8080") }],
        }),
      ],
    ],
    ["that is wider", [all]],
    ["of a clusterwide policy", [ccnp("wide", { endpointSelector: {}, ingress: [{ fromEntities: ["all"] }] })]],
    [
      "with HTTP rules",
      [cnp("apps/http", { endpointSelector: API, ingress: [port("8080", { rules: { http: [{}] } })] })],
    ],
  ])("%s", (_name, policies) => {
    for (const deny of [
      cnp("apps/deny", { endpointSelector: API, ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: "web" } }] }] }),
      ccnp("deny", { endpointSelector: {}, ingressDeny: [{ fromEntities: ["cluster"] }] }),
      cnp("apps/deny", { endpointSelector: {}, ingressDeny: [port("8080")] }),
    ]) {
      expect(verdict([...policies, deny], "apps/web", "apps/api", "tcp/8080")).toBe("denied");
      expect(verdict([deny, ...policies], "apps/web", "apps/api", "tcp/8080")).toBe("denied");
    }
  });

  test("but only for what it matches", () => {
    const deny = cnp("apps/deny", {
      endpointSelector: API,
      ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: "web" } }], ...port("8080") }],
    });
    expect(verdict([all, deny], "apps/web", "apps/api", "tcp/8081")).toBe("allowed");
    expect(verdict([all, deny], "data/db", "apps/api", "tcp/8080")).toBe("allowed");
    expect(verdict([all, deny], "apps/web", "apps/web", "tcp/8080")).toBe("allowed");
  });

  test("and names itself", () => {
    const deny = cnp("apps/deny", { endpointSelector: API, ingressDeny: [{ fromEntities: ["world"] }, port("8080")] });
    const side = clusterOf([all, deny]).flow("apps/web", "apps/api", "tcp/8080").pairs[0]?.ingress;
    expect(side).toMatchObject({
      reason: "deny-rule",
      rules: [{ policy: { name: "deny" }, path: "spec.ingressDeny[1]" }],
    });
  });

  test("an exception of a CIDR denies nobody another rule allows", () => {
    const except = cnp("apps/e", {
      endpointSelector: API,
      ingress: [{ fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }],
    });
    const other = cnp("apps/o", { endpointSelector: API, ingress: [{ fromEntities: ["world"] }] });
    expect(verdict([except], "ip:10.1.0.1", "apps/api", "tcp/1")).toBe("denied");
    expect(verdict([except, other], "ip:10.1.0.1", "apps/api", "tcp/1")).toBe("allowed");
  });

  test("an exception of a deny spares it", () => {
    const deny = cnp("apps/d", {
      endpointSelector: API,
      ingressDeny: [{ fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }],
    });
    expect(verdict([all, deny], "ip:10.1.0.1", "apps/api", "tcp/1")).toBe("allowed");
    expect(verdict([all, deny], "ip:10.2.0.1", "apps/api", "tcp/1")).toBe("denied");
  });
});

describe("specs", () => {
  test("are as many rules as they list", () => {
    const policies = [
      cnp("apps/p", [
        { endpointSelector: API, ingress: [{ fromEndpoints: [{ matchLabels: { app: "web" } }] }] },
        { endpointSelector: API, ingressDeny: [port("22")] },
      ]),
    ];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/8080")).toBe("allowed");
    expect(clusterOf(policies).flow("apps/web", "apps/api", "tcp/22").pairs[0]?.ingress.rules).toMatchObject([
      { path: "specs[1].ingressDeny[0]" },
    ]);
  });

  test("stand beside spec", () => {
    const both = {
      ...cnp("apps/p", { endpointSelector: API, ingress: [{}] }),
      specs: [{ endpointSelector: API, ingress: [{ fromEntities: ["all"] }] }],
    };
    expect(verdict([both], "apps/web", "apps/api", "tcp/1")).toBe("allowed");
  });
});

describe("rules that the engine cannot merge", () => {
  const web = { matchLabels: { app: "web" } };
  const egress = (name: string, item: object) => cnp(`apps/${name}`, { endpointSelector: web, egress: [item] });
  const http = (peer: object) => ({
    ...peer,
    toPorts: [{ ports: [{ port: "53", protocol: "TCP" }], rules: { http: [{}] } }],
  });
  const dns = (peer: object) => ({
    ...peer,
    toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchPattern: "*" }] } }],
  });

  test("different proxies for one peer and port leave the endpoint without a policy, both ways", () => {
    const policies = [egress("a", http({ toEndpoints: [{}] })), egress("b", dns({ toEndpoints: [{}] }))];
    const result = clusterOf(policies).flow("apps/web", "apps/api", "tcp/8080");
    expect(result.verdict).toBe("unknown");
    expect(result.reasons[0]).toMatch(
      /different L7 proxies for the same peer and port \(http in CiliumNetworkPolicy apps\/a, dns in CiliumNetworkPolicy apps\/b\)/,
    );
    expect(verdict(policies, "apps/api", "apps/web", "tcp/1")).toBe("unknown");
    expect(verdict(policies, "data/db", "apps/api", "tcp/1")).toBe("allowed");
    expect(verdict([...policies, all], "apps/api", "apps/web", "tcp/1")).toBe("unknown");
  });

  test("for different peers they can be", () => {
    const policies = [egress("a", http({ toEndpoints: [{}] })), egress("b", dns({ toEntities: ["world"] }))];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/53")).toBe("allowed");
  });

  test("authentication modes likewise", () => {
    const policies = [
      egress("a", { toEndpoints: [{}], ...port("80"), authentication: { mode: "required" } }),
      egress("b", { toEndpoints: [{}], ...port("80"), authentication: { mode: "disabled" } }),
    ];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/80")).toBe("unknown");
    const bare = [
      egress("a", { toEndpoints: [{}], authentication: { mode: "required" } }),
      egress("b", { toEndpoints: [{}], authentication: { mode: "disabled" } }),
    ];
    expect(verdict(bare, "apps/web", "apps/api", "tcp/80")).toBe("unknown");
    expect(verdict(bare.slice(1), "apps/web", "apps/api", "tcp/80")).toBe("allowed");
  });
});
