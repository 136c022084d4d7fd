import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../src/index.ts";
import { API, clusterOf, cnp, verdict } from "./fixtures.ts";

const onPort = (rules: object) => [{ ports: [{ port: "8080", protocol: "TCP" }], rules }];
const http = (...rules: object[]) => [
  cnp("apps/p", { endpointSelector: API, ingress: [{ fromEndpoints: [{}], toPorts: onPort({ http: rules }) }] }),
];
const ask = (policies: ReturnType<typeof http>, method: string, path: string, more: Partial<HttpRequest> = {}) =>
  verdict(policies, "apps/web", "apps/api", "tcp/8080", { http: { method, path, ...more } });

describe("HTTP rules", () => {
  test.each([
    ["method", { method: "GET" }, "GET", "/", "allowed"],
    ["other method", { method: "GET" }, "POST", "/", "denied"],
    ["methods are anchored", { method: "GET" }, "GETX", "/", "denied"],
    ["alternatives", { method: "GET|HEAD" }, "HEAD", "/", "allowed"],
    ["alternatives are anchored as a whole", { method: "GET|HEAD" }, "XHEAD", "/", "denied"],
    ["path", { path: "/v1/.*" }, "GET", "/v1/items", "allowed"],
    ["paths are anchored at the start", { path: "/v1/.*" }, "GET", "/x/v1/items", "denied"],
    ["paths are anchored at the end", { path: "/v1" }, "GET", "/v1/items", "denied"],
    ["the query is part of the path", { path: "/v1" }, "GET", "/v1?all=1", "denied"],
    ["POSIX classes", { path: "/[[:digit:]]+" }, "GET", "/42", "allowed"],
    ["case counts", { path: "/V1" }, "GET", "/v1", "denied"],
    ["case can be switched off", { path: "(?i)/V1" }, "GET", "/v1", "allowed"],
    ["all conditions hold", { method: "GET", path: "/a" }, "POST", "/a", "denied"],
    ["no condition is everything", {}, "PATCH", "/x", "allowed"],
  ])("%s", (_name, rule, method, path, expected) => {
    expect(ask(http(rule), method, path)).toBe(expected);
  });

  test("rules are alternatives", () => {
    const policies = http({ method: "GET" }, { method: "POST", path: "/login" });
    expect([ask(policies, "GET", "/x"), ask(policies, "POST", "/login"), ask(policies, "POST", "/x")]).toEqual([
      "allowed",
      "allowed",
      "denied",
    ]);
  });

  test("a host that is not given leaves the verdict open", () => {
    const policies = http({ host: "api\\.home\\.arpa" });
    expect(ask(policies, "GET", "/")).toBe("unknown");
    expect(ask(policies, "GET", "/", { host: "api.home.arpa" })).toBe("allowed");
    expect(ask(policies, "GET", "/", { host: "api-home.arpa" })).toBe("denied");
  });

  test("headers by name and by value", () => {
    const policies = http({ headers: ["X-Token: abc", "X-Trace"] });
    expect(ask(policies, "GET", "/")).toBe("unknown");
    expect(ask(policies, "GET", "/", { headers: { "x-token": "abc", "x-trace": "1" } })).toBe("allowed");
    expect(ask(policies, "GET", "/", { headers: { "x-token": "abd", "x-trace": "1" } })).toBe("denied");
    expect(ask(policies, "GET", "/", { headers: { "x-token": "abc" } })).toBe("denied");
  });

  test("header matches: values, secrets, and mismatches that only log", () => {
    const headers = { "x-a": "1" };
    expect(ask(http({ headerMatches: [{ name: "X-A", value: "1" }] }), "GET", "/", { headers })).toBe("allowed");
    expect(ask(http({ headerMatches: [{ name: "X-A", value: "2" }] }), "GET", "/", { headers })).toBe("denied");
    expect(ask(http({ headerMatches: [{ name: "X-A", value: "2", mismatch: "LOG" }] }), "GET", "/", { headers })).toBe(
      "allowed",
    );
    expect(ask(http({ headerMatches: [{ name: "X-A", secret: { name: "s" } }] }), "GET", "/", { headers })).toBe(
      "unknown",
    );
  });

  test("without a request the question is about the connection, and the proxy is named", () => {
    const result = clusterOf(http({ method: "GET" })).flow("apps/web", "apps/api", "tcp/8080");
    expect(result.verdict).toBe("allowed");
    expect(result.pairs[0]?.ingress).toMatchObject({
      proxy: "http",
      text: expect.stringMatching(/requests limited by its http rules/),
    });
  });

  test.each([
    ["a rule without ports", { fromEndpoints: [{}] }],
    [
      "a wider peer on the port",
      { fromEntities: ["cluster"], toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }] }] },
    ],
    [
      "a range of ports",
      { fromEndpoints: [{}], toPorts: [{ ports: [{ port: "8000", endPort: 9000, protocol: "TCP" }] }] },
    ],
    ["all ports", { fromEndpoints: [{}], toPorts: [{ ports: [{ port: "0" }] }] }],
    ["empty rules", { fromEndpoints: [{}], toPorts: onPort({ http: [] }) }],
  ])("%s voids the restriction", (_name, item) => {
    const policies = [...http({ method: "GET" }), cnp("apps/wide", { endpointSelector: API, ingress: [item] })];
    expect(ask(policies, "POST", "/")).toBe("allowed");
    expect(clusterOf(policies).flow("apps/web", "apps/api", "tcp/8080").pairs[0]?.ingress.proxy).toBeUndefined();
  });

  test("an allow for someone else does not", () => {
    const policies = [
      ...http({ method: "GET" }),
      cnp("apps/else", { endpointSelector: API, ingress: [{ fromEntities: ["world"] }] }),
    ];
    expect(ask(policies, "POST", "/")).toBe("denied");
  });

  test("both sides judge the request", () => {
    const out = cnp("apps/out", {
      endpointSelector: { matchLabels: { app: "web" } },
      egress: [{ toEndpoints: [API], toPorts: onPort({ http: [{ path: "/a" }] }) }],
    });
    expect(ask([...http({ method: "GET" }), out], "GET", "/a")).toBe("allowed");
    expect(ask([...http({ method: "GET" }), out], "GET", "/b")).toBe("denied");
    expect(ask([...http({ method: "GET" }), out], "POST", "/a")).toBe("denied");
  });

  test("a refused request names the rule that came close", () => {
    const side = clusterOf(http({ method: "GET" })).flow("apps/web", "apps/api", "tcp/8080", {
      http: { method: "POST", path: "/" },
    }).pairs[0]?.ingress;
    expect(side).toMatchObject({ verdict: "denied", reason: "default-deny", near: [{ path: "spec.ingress[0]" }] });
  });

  test.each([
    [{ method: "GET", path: "v1" }, "tcp/8080"],
    [{ method: "", path: "/" }, "tcp/8080"],
    [{ method: "GET", path: "/" }, "udp/8080"],
    [{ method: "GET", path: "/" }, undefined],
  ])("request %o on %s is a mistake of the caller", (request, port) => {
    expect(() => clusterOf([]).flow("apps/web", "apps/api", port, { http: request })).toThrow(TypeError);
  });

  test("TLS interception and listeners leave requests open", () => {
    for (const extra of [{ serverNames: ["api.home.arpa"] }, { originatingTLS: { secret: { name: "s" } } }]) {
      const policies = [
        cnp("apps/p", {
          endpointSelector: API,
          ingress: [{ toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }], ...extra }] }],
        }),
      ];
      expect(ask(policies, "GET", "/")).toBe("unknown");
      expect(verdict(policies, "apps/web", "apps/api", "tcp/8080")).toBe("allowed");
    }
  });
});

describe("DNS rules", () => {
  const web = { matchLabels: { app: "web" } };
  const egress = (...items: object[]) => [cnp("apps/p", { endpointSelector: web, egress: items })];
  const dns = (...names: object[]) => ({
    toEndpoints: [API],
    toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: names } }],
  });
  const plain = (port: string, endPort?: number) => ({
    toEndpoints: [API],
    toPorts: [{ ports: [{ port, protocol: "UDP", ...(endPort === undefined ? {} : { endPort }) }] }],
  });
  const lookup = (policies: ReturnType<typeof egress>, name: string) =>
    verdict(policies, "apps/web", "apps/api", "udp/53", { dns: name });

  test("limit the names", () => {
    const policies = egress(dns({ matchPattern: "*.home.arpa" }, { matchName: "example.com" }));
    expect(lookup(policies, "nas.home.arpa")).toBe("allowed");
    expect(lookup(policies, "EXAMPLE.com.")).toBe("allowed");
    expect(lookup(policies, "evil.com")).toBe("denied");
    expect(verdict(policies, "apps/web", "apps/api", "tcp/53", { dns: "example.com" })).toBe("allowed");
    expect(clusterOf(policies).flow("apps/web", "apps/api", "udp/53").pairs[0]?.egress.proxy).toBe("dns");
  });

  test("a plain allow of the very port lifts the limit, a wider one does not", () => {
    const limit = dns({ matchName: "example.com" });
    expect(lookup(egress(limit, plain("53")), "evil.com")).toBe("allowed");
    expect(lookup(egress(limit, plain("dns")), "evil.com")).toBe("allowed");
    expect(lookup(egress(limit, { toEndpoints: [API] }), "evil.com")).toBe("denied");
    expect(lookup(egress(limit, plain("1", 100)), "evil.com")).toBe("denied");
    expect(lookup(egress(limit, plain("0")), "evil.com")).toBe("denied");
  });

  test("where no rule limits names, all may be asked", () => {
    expect(lookup(egress({ toEndpoints: [API] }), "evil.com")).toBe("allowed");
  });

  test("are what makes names usable as destinations", () => {
    const byName = { toFQDNs: [{ matchName: "api.example.com" }] };
    const ask = (...items: object[]) =>
      clusterOf(egress(...items)).flow("apps/web", "fqdn:api.example.com", "tcp/443").warnings;
    expect(ask(byName)).toMatchObject([{ code: "fqdn-without-dns", severity: "error" }]);
    expect(ask(byName, plain("53"))).toMatchObject([{ code: "fqdn-without-dns" }]);
    expect(ask(byName, dns({ matchPattern: "*.home.arpa" }))).toMatchObject([{ code: "fqdn-without-dns" }]);
    expect(ask(byName, dns({ matchPattern: "*.example.com" }))).toEqual([]);
    expect(ask({ toEntities: ["world"] })).toEqual([]);
    expect(ask(byName, { toEntities: ["world"] })).toEqual([]);
  });
});
