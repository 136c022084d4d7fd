import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp, np, pods, verdict } from "./fixtures.ts";

const rule = (name: string, spec: object) => cnp(`apps/${name}`, { endpointSelector: API, ...spec });
const web = [{ fromEndpoints: [{ matchLabels: { app: "web" } }] }];
const ingress = (policies: Parameters<typeof verdict>[0], from = "data/db") =>
  clusterOf(policies).flow(from, "apps/api", "tcp/8080").pairs[0]?.ingress;

describe("default deny", () => {
  test("is off where no policy selects the endpoint", () => {
    expect(ingress([])).toMatchObject({ verdict: "allowed", reason: "no-policy", rules: [] });
  });

  test("is per direction", () => {
    const policies = [rule("p", { ingress: [{}] })];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/1")).toBe("denied");
    expect(verdict(policies, "apps/api", "apps/web", "tcp/1")).toBe("allowed");
  });

  test("names the rules that turned it on", () => {
    expect(ingress([rule("p", { ingress: web })])).toMatchObject({
      verdict: "denied",
      reason: "default-deny",
      rules: [{ policy: { kind: "CiliumNetworkPolicy", namespace: "apps", name: "p" }, path: "spec.ingress[0]" }],
    });
  });

  test("comes with a policy that only denies", () => {
    const policies = [rule("p", { ingressDeny: [{ fromEntities: ["world"] }] })];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/1")).toBe("denied");
    expect(verdict(policies, "apps/api", "apps/web", "tcp/1")).toBe("allowed");
  });

  test("stays off if every rule opts out, and denies still count", () => {
    const policies = [
      rule("p", { enableDefaultDeny: { ingress: false }, ingress: web, ingressDeny: [{ fromEntities: ["world"] }] }),
    ];
    expect(ingress(policies)).toMatchObject({ verdict: "allowed", reason: "default-allow" });
    expect(ingress(policies, "apps/web")).toMatchObject({ verdict: "allowed", reason: "allow-rule" });
    expect(ingress(policies, "ip:1.1.1.1")).toMatchObject({ verdict: "denied", reason: "deny-rule" });
  });

  test("comes on as soon as one rule asks for it", () => {
    const out = rule("out", { enableDefaultDeny: { ingress: false }, ingress: web });
    expect(ingress([out, rule("in", { ingress: [{ fromEntities: ["health"] }] })])).toMatchObject({
      verdict: "denied",
      reason: "default-deny",
    });
    expect(ingress([out, np("apps/np", { podSelector: {}, policyTypes: ["Ingress"] })])).toMatchObject({
      verdict: "denied",
    });
    expect(ingress([out, rule("other", { enableDefaultDeny: { egress: true }, ingress: web })])).toMatchObject({
      verdict: "denied",
    });
  });

  test("opting out keeps the HTTP rules from restricting", () => {
    const http = [{ toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }], rules: { http: [{ method: "GET" }] } }] }];
    const post = { http: { method: "POST", path: "/" } };
    expect(
      verdict(
        [rule("p", { enableDefaultDeny: { ingress: false }, ingress: http })],
        "apps/web",
        "apps/api",
        "tcp/8080",
        post,
      ),
    ).toBe("allowed");
    expect(verdict([rule("p", { ingress: http })], "apps/web", "apps/api", "tcp/8080", post)).toBe("denied");
  });
});

describe("enforcement mode", () => {
  test("always denies by default everywhere", () => {
    const facts = { policyEnforcement: "always" } as const;
    expect(verdict([], "apps/web", "apps/api", "tcp/1", {}, facts)).toBe("denied");
    expect(verdict([], "ip:1.1.1.1", "apps/api", "tcp/1", {}, facts)).toBe("denied");
    const open = ccnp("p", {
      endpointSelector: {},
      ingress: [{ fromEntities: ["all"] }],
      egress: [{ toEntities: ["all"] }],
    });
    expect(verdict([open], "apps/web", "apps/api", "tcp/1", {}, facts)).toBe("allowed");
    // Without any ingress rule the agent forgets the node's exception.
    expect(verdict([], "entity:host", "apps/api", "tcp/1", {}, facts)).toBe("denied");
    expect(verdict([rule("p", { ingress: [{}] })], "entity:host", "apps/api", "tcp/1", {}, facts)).toBe("allowed");
  });

  test("never enforces nothing, not even a deny", () => {
    const policies = [rule("p", { ingressDeny: [{ fromEntities: ["all"] }] })];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/1", {}, { policyEnforcement: "never" })).toBe("allowed");
  });
});

describe("the node's exception", () => {
  test("lets the local node in, and no other", () => {
    const policies = [rule("p", { ingress: [{}] })];
    expect(ingress(policies, "entity:host")).toMatchObject({ verdict: "allowed", reason: "host-exception" });
    expect(ingress(policies, "entity:remote-node")).toMatchObject({ verdict: "denied" });
  });

  test("yields to an explicit deny", () => {
    expect(
      verdict([rule("p", { ingressDeny: [{ fromEntities: ["host"] }] })], "entity:host", "apps/api", "tcp/1"),
    ).toBe("denied");
    expect(
      verdict(
        [rule("p", { ingressDeny: [{ fromEntities: ["host"], toPorts: [{ ports: [{ port: "1" }] }] }] })],
        "entity:host",
        "apps/api",
        "tcp/2",
      ),
    ).toBe("allowed");
  });

  test("is about ingress only", () => {
    expect(verdict([rule("p", { egress: [{}] })], "apps/api", "entity:host", "tcp/1")).toBe("denied");
  });

  test("holds for requests that HTTP rules refuse to others", () => {
    const policies = [
      rule("p", {
        ingress: [{ toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }], rules: { http: [{ method: "GET" }] } }] }],
      }),
    ];
    expect(verdict(policies, "entity:host", "apps/api", "tcp/8080", { http: { method: "POST", path: "/" } })).toBe(
      "allowed",
    );
  });
});

describe("host policies", () => {
  const deny = ccnp("host", { nodeSelector: {}, ingress: [{ fromEntities: ["cluster"] }] });
  const some = ccnp("host", {
    nodeSelector: { matchLabels: { role: "cp" } },
    ingress: [{ fromEntities: ["cluster"] }],
  });

  test("need the host firewall, and say so", () => {
    expect(clusterOf([deny]).diagnostics).toMatchObject([{ code: "host-policy-ignored", severity: "warning" }]);
    expect(verdict([deny], "ip:1.1.1.1", "entity:host", "tcp/22")).toBe("allowed");
  });

  test("govern nodes and pods in their network, never other pods", () => {
    const facts = { hostFirewall: true };
    expect(verdict([deny], "ip:1.1.1.1", "entity:host", "tcp/22", {}, facts)).toBe("denied");
    expect(
      verdict([deny, pods("apps/cni", { hostNetwork: true })], "ip:1.1.1.1", "apps/cni", "tcp/22", {}, facts),
    ).toBe("denied");
    expect(verdict([deny], "apps/web", "entity:host", "tcp/22", {}, facts)).toBe("allowed");
    expect(verdict([deny], "ip:1.1.1.1", "apps/api", "tcp/22", {}, facts)).toBe("allowed");
    expect(verdict([some], "ip:1.1.1.1", "entity:host", "tcp/22", {}, facts)).toBe("unknown");
  });
});

test("a clusterwide endpointSelector governs no node, even with the host firewall", () => {
  const policies = [ccnp("p", { endpointSelector: {}, ingress: [{}] })];
  expect(verdict(policies, "ip:1.1.1.1", "entity:host", "tcp/22", {}, { hostFirewall: true })).toBe("allowed");
  expect(verdict(policies, "ip:1.1.1.1", "apps/api", "tcp/22", {}, { hostFirewall: true })).toBe("denied");
});

describe("both sides", () => {
  const out = cnp("apps/out", { endpointSelector: { matchLabels: { app: "web" } }, egress: [{ toEndpoints: [API] }] });
  const into = rule("in", { ingress: web });
  test.each([
    ["egress alone", [out, rule("in", { ingress: [{}] })], "denied"],
    [
      "ingress alone",
      [into, cnp("apps/out", { endpointSelector: { matchLabels: { app: "web" } }, egress: [{}] })],
      "denied",
    ],
    ["both", [out, into], "allowed"],
  ])("%s", (_name, policies, expected) => {
    expect(verdict(policies, "apps/web", "apps/api", "tcp/8080")).toBe(expected);
  });

  test("replies need no rule", () => {
    expect(verdict([out, into], "apps/api", "apps/web", "tcp/8080")).toBe("allowed");
    const closed = cnp("apps/closed", { endpointSelector: { matchLabels: { app: "web" } }, ingress: [{}] });
    expect(verdict([out, into, closed], "apps/web", "apps/api", "tcp/8080")).toBe("allowed");
  });
});
