import { describe, expect, test } from "vitest";
import { proveClaims, reachedOnlyBy, reachesOnly } from "../src/index.ts";
import { API, clusterOf, cnp, pods } from "./fixtures.ts";

const on = (port: string) => ({ toPorts: [{ ports: [{ port, protocol: "TCP" }] }] });
const into = cnp("apps/in", {
  endpointSelector: API,
  ingress: [{ fromEndpoints: [{ matchLabels: { app: "web" } }], ...on("8080") }],
});
const out = cnp("apps/out", {
  endpointSelector: { matchLabels: { app: "web" } },
  egress: [{ toEndpoints: [API], ...on("8080") }],
});
const open = cnp("apps/open", { endpointSelector: API, ingress: [{ fromCIDR: ["10.0.0.0/8"], ...on("8080") }] });
const prove = (policies: Parameters<typeof clusterOf>[0], claim: ReturnType<typeof reachesOnly>, facts = {}) =>
  proveClaims(clusterOf(policies, facts), [claim]).claims[0];

describe("reachedOnlyBy", () => {
  const claim = reachedOnlyBy("apps/api", "tcp/8080", ["apps/web"]);

  test("holds when exactly these do", () => {
    expect(prove([into], claim)).toMatchObject({
      ok: true,
      verdict: "only these",
      text: "only apps/web reach apps/api tcp/8080",
    });
  });

  test("names who else does, pods and addresses", () => {
    expect(prove([], claim)).toMatchObject({
      ok: false,
      verdict: "others too",
      explanation: expect.stringMatching(/data\/db → apps\/api/),
    });
    expect(prove([into, open], claim)?.explanation).toMatch(
      /entity:world \(10\.0\.0\.0\) → apps\/api tcp\/8080: allowed/,
    );
  });

  test("fails when one of them does not", () => {
    expect(prove([into], reachedOnlyBy("apps/api", "tcp/8080", ["apps/web", "data/db"]))).toMatchObject({
      ok: false,
      verdict: "not all of these",
    });
  });

  test("fails when it is about nothing", () => {
    expect(prove([into], reachedOnlyBy("apps/gone", "tcp/8080", ["apps/web"]))).toMatchObject({
      ok: false,
      verdict: "no-endpoint",
    });
  });
});

describe("reachesOnly", () => {
  const claim = reachesOnly("apps/web", [{ to: { namespace: "apps", name: "api" }, port: 8080 }]);

  test("holds when exactly these are reached, on one node as on many", () => {
    for (const nodes of [["192.168.1.10"], ["192.168.1.10", "192.168.1.11"]]) {
      expect(prove([out], claim, { nodes })).toMatchObject({
        ok: true,
        text: "apps/web reaches only apps/api tcp/8080",
      });
    }
  });

  test.each([
    [
      "another port",
      cnp("apps/more", {
        endpointSelector: { matchLabels: { app: "web" } },
        egress: [{ toEndpoints: [API], ...on("9090") }],
      }),
      /apps\/api tcp\/9090: allowed/,
    ],
    [
      "a node",
      cnp("apps/more", {
        endpointSelector: { matchLabels: { app: "web" } },
        egress: [{ toEntities: ["remote-node"] }],
      }),
      /entity:remote-node/,
    ],
    [
      "a name",
      cnp("apps/more", {
        endpointSelector: { matchLabels: { app: "web" } },
        egress: [{ toFQDNs: [{ matchName: "a.example.com" }] }],
      }),
      /the name a\.example\.com/,
    ],
  ])("fails when %s is reached too", (_name, more, explanation) => {
    expect(prove([out, more], claim)).toMatchObject({
      ok: false,
      verdict: "others too",
      explanation: expect.stringMatching(explanation),
    });
  });

  test("sees pods in the host network", () => {
    const host = pods("data/cni", { hostNetwork: true });
    const more = cnp("apps/more", {
      endpointSelector: { matchLabels: { app: "web" } },
      egress: [{ toEntities: ["host"] }],
    });
    expect(prove([host, out, more], claim)?.explanation).toMatch(/data\/cni \(host network, same node\)/);
  });
});
