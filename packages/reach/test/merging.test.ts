import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp } from "./fixtures.ts";

const port = { ports: [{ port: "8080", protocol: "TCP" }] };
const http = { ...port, rules: { http: [{ method: "GET" }] } };
const dns = { ...port, rules: { dns: [{ matchPattern: "*" }] } };
const web = { matchLabels: { app: "web" } };
const egress = (name: string, ...items: object[]) => cnp(`apps/${name}`, { endpointSelector: web, egress: items });
const to = (toPorts: object, more: object = { toEndpoints: [API] }) => ({ ...more, toPorts: [toPorts] });
const verdict = (...policies: Parameters<typeof clusterOf>[0]) =>
  clusterOf(policies).flow("apps/web", "apps/api", "tcp/8080").verdict;

describe("rules for one peer and port that cannot be merged leave no verdict", () => {
  test("unless a deny rule has replaced them before, in the order of the policies", () => {
    const deny = (name: string) =>
      cnp(`apps/${name}`, { endpointSelector: web, egressDeny: [{ toEndpoints: [API], toPorts: [port] }] });
    expect(verdict(egress("b", to(http)), egress("c", to(dns)))).toBe("unknown");
    expect(verdict(egress("b", to(http)), egress("c", to(dns)), deny("a"))).toBe("denied");
    expect(verdict(egress("b", to(http)), egress("d", to(dns)), deny("c"))).toBe("denied");
    expect(verdict(egress("b", to(http)), egress("c", to(dns)), deny("z"))).toBe("unknown");
    // Clusterwide policies come first.
    const wide = ccnp("z", {
      endpointSelector: { matchLabels: { app: "web" } },
      egressDeny: [{ toEntities: ["all"], toPorts: [port] }],
    });
    const all = { toEntities: ["all"] };
    expect(verdict(egress("b", to(http, all)), egress("c", to(dns, all)), wide)).toBe("denied");
  });

  test("unless the peers are written differently", () => {
    const values = (...apps: string[]) => ({
      toEndpoints: [{ matchExpressions: [{ key: "app", operator: "In", values: apps }] }],
    });
    expect(verdict(egress("a", to(http, values("api", "web")), to(dns, values("api", "web"))))).toBe("unknown");
    expect(verdict(egress("a", to(http, values("api", "web")), to(dns, values("web", "api"))))).toBe("allowed");
    expect(verdict(egress("a", to(http), to(dns, values("api"))))).toBe("allowed");
  });

  test("also where one of the peers is everyone", () => {
    const everyone = { toEntities: ["all", "host"] };
    expect(verdict(egress("a", to(http, everyone), to(dns, { toEntities: ["all"] })))).toBe("unknown");
    expect(verdict(egress("a", to(http, everyone), to(dns, { toEntities: ["host"] })))).toBe("allowed");
  });

  test("but never for the entity none, which is nobody", () => {
    const none = { toEntities: ["none"] };
    expect(verdict(egress("a", to(http, none), to(dns, none), { toEndpoints: [API] }))).toBe("allowed");
  });
});

test("an HTTP request does not pass the DNS proxy, nor a DNS query the HTTP proxy", () => {
  const cluster = clusterOf([egress("a", to(dns))]);
  const request = { http: { method: "GET", path: "/" } };
  expect(cluster.flow("apps/web", "apps/api", "tcp/8080", request).verdict).toBe("denied");
  const proxied = clusterOf([egress("a", to(http))]);
  expect(proxied.flow("apps/web", "apps/api", "tcp/8080", { dns: "example.com" }).verdict).toBe("denied");
});
