import { describe, expect, it } from "vitest";
import { AUTHENTIK_HEADERS, forwardAuthMiddleware, ingressRoute } from "../src/index.ts";

const apiVersion = "traefik.io/v1alpha1";
const base = { name: "web", namespace: "apps", host: "web.home.arpa", service: { name: "web", port: 8080 } };

describe("ingressRoute", () => {
  it("serves a host over TLS", () => {
    expect(ingressRoute({ ...base, tlsSecret: "web-tls" })).toEqual({
      apiVersion,
      kind: "IngressRoute",
      metadata: { name: "web", namespace: "apps" },
      spec: {
        entryPoints: ["websecure"],
        routes: [{ kind: "Rule", match: "Host(`web.home.arpa`)", services: [{ name: "web", port: 8080 }] }],
        tls: { secretName: "web-tls" },
      },
    });
  });

  it("takes paths, middlewares, priorities, schemes", () => {
    const { spec } = ingressRoute({
      ...base,
      pathPrefix: "/api",
      middlewares: ["sso", "gzip"],
      priority: 5,
      entryPoints: ["inside"],
      service: { name: "web", port: 443, scheme: "https" },
    });
    expect(spec).toEqual({
      entryPoints: ["inside"],
      routes: [
        {
          kind: "Rule",
          match: "Host(`web.home.arpa`) && PathPrefix(`/api`)",
          priority: 5,
          middlewares: [{ name: "sso" }, { name: "gzip" }],
          services: [{ name: "web", port: 443, scheme: "https" }],
        },
      ],
      tls: {},
    });
  });

  it.each([
    ["a host that would break out of the rule", { host: "a`) || Host(`b" }, "is not a host name"],
    ["a wildcard host", { host: "*.home.arpa" }, "takes no wildcards"],
    ["a path that would break out of the rule", { pathPrefix: "/`) || Path(`/" }, "is not a path"],
    ["a relative path", { pathPrefix: "api" }, "is not a path"],
  ])("refuses %s", (_, options, message) => {
    expect(() => ingressRoute({ ...base, ...options })).toThrow(message);
  });
});

describe("forwardAuthMiddleware", () => {
  const outpost = { name: "proxy", namespace: "security" };

  it("asks the outpost's Service on port 9000", () => {
    expect(AUTHENTIK_HEADERS).toContain("X-authentik-entitlements");
    expect(forwardAuthMiddleware({ name: "sso", namespace: "apps", outpost })).toEqual({
      apiVersion,
      kind: "Middleware",
      metadata: { name: "sso", namespace: "apps" },
      spec: {
        forwardAuth: {
          address: "http://ak-outpost-proxy.security.svc:9000/outpost.goauthentik.io/auth/traefik",
          trustForwardHeader: true,
          authResponseHeaders: [...AUTHENTIK_HEADERS],
        },
      },
    });
  });

  it("takes other headers and fields", () => {
    const { spec } = forwardAuthMiddleware({
      name: "sso",
      namespace: "apps",
      outpost,
      responseHeaders: ["Authorization"],
      forwardAuth: { maxResponseBodySize: 1024 },
    });
    expect(spec.forwardAuth).toMatchObject({ authResponseHeaders: ["Authorization"], maxResponseBodySize: 1024 });
  });

  it("refuses an outpost that cannot have a Service", () => {
    const bad = { name: "My outpost", namespace: "security" };
    expect(() => forwardAuthMiddleware({ name: "sso", namespace: "apps", outpost: bad })).toThrow("outpost.name");
  });
});
