import { parseManifests } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import {
  claim,
  createCluster,
  defaultDenied,
  describeFlow,
  explain,
  flow,
  holds,
  proveClaims,
  renderProof,
} from "../src/index.ts";
import { API, clusterOf, cnp, np, pods, virtual } from "./fixtures.ts";

const YAML = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } } }
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: deny-all
  namespace: apps
spec:
  endpointSelector: {}
  ingress:
    - {}
  egress:
    - toEntities: [cluster]
`;

const closed = [np("apps/deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] })];
const failed = (cluster: ReturnType<typeof clusterOf>, ...claims: Parameters<typeof proveClaims>[1]) => {
  const proof = proveClaims(cluster, claims);
  expect(proof.ok).toBe(false);
  return proof.claims.map(({ verdict, explanation }) => ({ verdict, explanation }));
};

describe("claims", () => {
  test("that hold come with their rules", () => {
    const proof = proveClaims(clusterOf(closed), [
      claim("web is shut", flow("data/db", "apps/web"), "denied"),
      defaultDenied("apps"),
    ]);
    expect(proof).toMatchObject({
      ok: true,
      claims: [
        {
          text: "web is shut",
          expected: "denied",
          verdict: "denied",
          ok: true,
          explanation: "",
          rules: [{ policy: { name: "deny" }, path: "spec.policyTypes" }],
        },
        { text: "every pod of apps is denied by default (ingress, egress)", verdict: "default deny", ok: true },
      ],
    });
  });

  test("about nothing fail", () => {
    const about = failed(
      clusterOf(closed),
      claim("a", flow("apps/wep", "data/db"), "denied"),
      claim("b", flow("data/db", "app/*"), "denied"),
      claim("c", flow("data/db", "apps/web", "tcp/grpc"), "denied"),
      defaultDenied("app"),
    );
    expect(about.map(({ verdict }) => verdict)).toEqual(["no-endpoint", "no-endpoint", "no-port", "no-endpoint"]);
    expect(about[0]?.explanation).toMatch(/did you mean "apps\/web"/);
  });

  test("fail when only some pairs or ports answer as expected", () => {
    const policies = [cnp("apps/p", { endpointSelector: API, ingress: [{}] })];
    expect(failed(clusterOf(policies), claim("a", flow("data/db", "apps/*"), "denied"))[0]?.verdict).toBe("mixed");
    expect(failed(clusterOf(policies), claim("a", flow("data/db", "apps/*"), "allowed"))[0]?.verdict).toBe("mixed");
  });

  test("fail when the answer is not known, whatever they expect", () => {
    const open = clusterOf([cnp("apps/p", { endpointSelector: API, ingress: [{ fromFriends: [] }] })]);
    for (const expected of ["allowed", "denied"] as const) {
      expect(failed(open, claim("a", flow("data/db", "apps/api"), expected))[0]?.verdict).toBe("unknown");
    }
  });

  test("that an address is reached by name fail without the DNS rule that teaches it", () => {
    const policies = [
      cnp("apps/p", { endpointSelector: API, egress: [{ toFQDNs: [{ matchName: "api.example.com" }] }] }),
    ];
    const [found] = failed(
      clusterOf(policies),
      claim("a", flow("apps/api", "fqdn:api.example.com", "tcp/443"), "allowed"),
    );
    expect(found?.verdict).toBe("allowed, but in doubt");
    expect(found?.explanation).toMatch(/its address is never learned/);
  });

  test("mistakes in writing them are thrown, not hidden in a table", () => {
    expect(() => proveClaims(clusterOf([]), [claim("a", flow("apps/web", "apps/api", "8080"), "denied")])).toThrow(
      TypeError,
    );
  });
});

describe("default deny", () => {
  test.each([
    ["nothing", [], "both", false],
    ["one direction of two", [np("apps/p", { podSelector: {} })], "both", false],
    ["that direction", [np("apps/p", { podSelector: {} })], "ingress", true],
    ["one pod of two", [np("apps/p", { podSelector: API, policyTypes: ["Ingress", "Egress"] })], "both", false],
    ["every pod", closed, "both", true],
    ["pods in the host network", [...closed, pods("apps/cni", { hostNetwork: true })], "both", false],
    [
      "opting out",
      [cnp("apps/p", { endpointSelector: {}, enableDefaultDeny: { ingress: false }, ingress: [{}], egress: [{}] })],
      "ingress",
      false,
    ],
  ] as const)("with %s", (_name, policies, direction, expected) => {
    const [proved] = proveClaims(clusterOf(policies), [defaultDenied("apps", direction)]).claims;
    expect(proved?.ok).toBe(expected);
    expect(proved?.explanation === "").toBe(expected);
  });

  test("is off where policies are never enforced", () => {
    expect(proveClaims(clusterOf(closed, { policyEnforcement: "never" }), [defaultDenied("apps")]).ok).toBe(false);
  });

  test("names the pods that lack it", () => {
    expect(failed(clusterOf([]), defaultDenied("data", "ingress"))[0]?.explanation).toMatch(
      /^data\/db: default deny for ingress is off/,
    );
  });
});

describe("policiesFor", () => {
  test("lists rules per direction", () => {
    const cluster = clusterOf([
      ...closed,
      cnp("apps/p", { endpointSelector: API, ingressDeny: [{ fromEntities: ["world"] }] }),
    ]);
    const [api] = cluster.policiesFor("apps/api");
    expect(api?.defaultDeny).toEqual({ ingress: "on", egress: "on" });
    expect(api?.policies.map(({ rule, direction, action }) => [rule.policy.name, direction, action])).toEqual([
      ["deny", "ingress", "allow"],
      ["p", "ingress", "deny"],
      ["deny", "egress", "allow"],
    ]);
    expect(cluster.policiesFor("data/db")).toMatchObject([
      { policies: [], defaultDeny: { ingress: "off", egress: "off" } },
    ]);
  });
});

describe("explanations", () => {
  const { documents } = parseManifests(YAML, { file: "apps.yaml" });
  const cluster = createCluster({
    documents,
    endpoints: [virtual("security/auth", { app: "auth" })],
    facts: { cni: "cilium" },
  });

  test("name the rule with its place, and what would fix it", () => {
    const result = cluster.flow("security/auth", "apps/web", "tcp/8080");
    expect(explain(result, "allowed")).toBe(
      [
        "security/auth → apps/web tcp/8080: denied",
        "  security/auth → apps/web tcp/8080: denied",
        "    egress of security/auth to apps/web on tcp/8080: no policy selects security/auth for egress",
        "    ingress of apps/web from security/auth on tcp/8080: default deny by CiliumNetworkPolicy apps/deny-all spec.ingress[0] (apps.yaml:14)",
        "  What would fix it:",
        "  - in a policy that selects apps/web, allow ingress: fromEndpoints security/auth (labels app=auth) on tcp/8080",
      ].join("\n"),
    );
    expect(holds(result, "denied")).toBe(true);
    expect(explain(result, "denied")).not.toMatch(/What would fix it/);
  });

  test("tell how to close what is open", () => {
    const result = cluster.flow("apps/web", "security/auth", "tcp/9000");
    expect(explain(result, "denied")).toMatch(/turn default deny on for ingress of security\/auth \(no policy does\)/);
    expect(explain(result, "denied")).toMatch(
      /narrow or remove CiliumNetworkPolicy apps\/deny-all spec.egress\[0\] \(apps.yaml:16\)/,
    );
  });

  test("render as a table with failures below their line", () => {
    const proof = proveClaims(cluster, [
      claim("auth cannot reach web", flow("security/auth", "apps/web"), "denied"),
      claim("typo", flow("apps/weB", "security/auth"), "denied"),
    ]);
    expect(renderProof(proof)).toBe(
      [
        "ok    auth cannot reach web  denied                         CiliumNetworkPolicy apps/deny-all spec.ingress[0] (apps.yaml:14)",
        "FAIL  typo                   no-endpoint (expected denied)",
        '        "apps/weB" selects no endpoint: known there: apps/web; did you mean "apps/web"?',
      ].join("\n"),
    );
  });

  test("a flow describes itself", () => {
    expect(
      describeFlow(
        flow({ namespace: "apps", name: "web" }, "security/auth", 9000, { http: { method: "GET", path: "/x" } }),
      ),
    ).toBe("apps/web → security/auth tcp/9000 GET /x");
  });

  test("the port of a Service is pointed out", () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "api", namespace: "apps" },
      spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: "http" }] },
    };
    const warnings = (port: string) => clusterOf([service as never]).flow("apps/web", "apps/api", port).warnings;
    expect(warnings("tcp/80")).toMatchObject([
      {
        code: "service-port",
        severity: "warning",
        message: expect.stringMatching(/behind which the pods listen on http/),
      },
    ]);
    expect(warnings("tcp/8080")).toEqual([]);
  });
});
