import { describe, expect, it } from "vitest";
import { certificate, expose, forwardAuthMiddleware, httpRoute, ingressRoute, referenceGrant } from "../src/index.ts";

const base = { host: "web.home.arpa", service: "apps/web", port: 8080, issuer: "internal-ca" } as const;
const outpost = { name: "proxy", namespace: "security" };
const gateway = { name: "home", namespace: "gateway" };
const dnsNames = [base.host];

describe("expose through Traefik", () => {
  it("writes route and certificate in the Service's namespace", () => {
    const head = { name: "web", namespace: "apps" };
    expect(expose({ ...base, via: "traefik" })).toEqual([
      certificate({ ...head, dnsNames, issuer: "internal-ca" }),
      ingressRoute({ ...head, host: base.host, service: { name: "web", port: 8080 }, tlsSecret: "web-tls" }),
    ]);
  });

  it("puts each half of single sign-on where Traefik accepts it", () => {
    const [, middleware, route, callback, ...rest] = expose({ ...base, via: "traefik", sso: outpost });
    expect(rest).toEqual([]);
    expect(middleware).toEqual(forwardAuthMiddleware({ name: "web-sso", namespace: "apps", outpost }));
    expect(route).toMatchObject({
      kind: "IngressRoute",
      metadata: { namespace: "apps" },
      spec: { routes: [{ match: "Host(`web.home.arpa`)", middlewares: [{ name: "web-sso" }] }] },
    });
    expect(callback).toEqual({
      apiVersion: "traefik.io/v1alpha1",
      kind: "IngressRoute",
      metadata: { name: "apps-web-sso", namespace: "security" },
      spec: {
        entryPoints: ["websecure"],
        routes: [
          {
            kind: "Rule",
            match: "Host(`web.home.arpa`) && PathPrefix(`/outpost.goauthentik.io/`)",
            priority: 1000,
            services: [{ name: "ak-outpost-proxy", port: 9000 }],
          },
        ],
        tls: {},
      },
    });
  });

  it("refers to nothing in another namespace", () => {
    for (const object of expose({ ...base, via: "traefik", sso: outpost, scheme: "https", name: "web2" })) {
      expect(JSON.stringify(object.spec)).not.toContain('"namespace"');
    }
  });

  it("protects every path but the outpost's own", () => {
    const routes = expose({ ...base, via: "traefik", sso: outpost }).filter(({ kind }) => kind === "IngressRoute");
    const unprotected = routes.filter((route) => !JSON.stringify(route).includes("middlewares"));
    expect(unprotected.map(({ metadata }) => metadata?.name)).toEqual(["apps-web-sso"]);
  });
});

describe("expose through a Gateway", () => {
  it("puts the certificate beside the Gateway, the route beside the Service", () => {
    expect(expose({ ...base, via: "gateway", gateway })).toEqual([
      certificate({ name: "web", namespace: "gateway", dnsNames, issuer: "internal-ca" }),
      httpRoute({
        name: "web",
        namespace: "apps",
        hostnames: dnsNames,
        gateway,
        service: { name: "web", namespace: "apps", port: 8080 },
      }),
    ]);
  });

  it("grants the reference when routes are kept apart", () => {
    const [, route, grant] = expose({ ...base, via: "gateway", gateway, namespace: "routes" });
    expect(route?.metadata?.namespace).toBe("routes");
    expect(grant).toEqual(
      referenceGrant({
        name: "web-from-routes",
        namespace: "apps",
        from: { kind: "HTTPRoute", namespace: "routes" },
        to: { kind: "Service", name: "web" },
      }),
    );
  });

  it("offers no single sign-on there, by type", () => {
    // @ts-expect-error the standard channel has no authentication filter
    expose({ ...base, via: "gateway", gateway, sso: outpost });
  });
});

describe("expose refuses", () => {
  it.each([
    ["a host that is none", { host: "web home" }, "is not a host name"],
    ["a Service without namespace", { service: "/web" as const }, "service namespace"],
    ["too many parts", { service: "a/b/c" as const }, 'is not "namespace/name"'],
    ["a port that is none", { port: 70000 }, "70000 is no port"],
  ])("%s", (_, options, message) => {
    expect(() => expose({ ...base, ...options, via: "traefik" })).toThrow(message);
  });
});
