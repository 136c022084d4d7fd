import { describe, expect, it } from "vitest";
import { httpRoute, referenceGrant } from "../src/index.ts";

const apiVersion = "gateway.networking.k8s.io/v1";
const base = {
  name: "web",
  namespace: "apps",
  hostnames: ["web.home.arpa"],
  gateway: { name: "home", namespace: "gateway" },
  service: { name: "web", namespace: "apps", port: 8080 },
};

describe("httpRoute", () => {
  it("leads from a host of a Gateway to a Service", () => {
    expect(httpRoute(base)).toEqual({
      apiVersion,
      kind: "HTTPRoute",
      metadata: { name: "web", namespace: "apps" },
      spec: {
        parentRefs: [{ name: "home", namespace: "gateway" }],
        hostnames: ["web.home.arpa"],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            backendRefs: [{ name: "web", port: 8080 }],
          },
        ],
      },
    });
  });

  it("names the namespace of a Service elsewhere, and a listener", () => {
    const { spec } = httpRoute({
      ...base,
      namespace: "routes",
      gateway: { ...base.gateway, sectionName: "https" },
      pathPrefix: "/api",
    });
    expect(spec.parentRefs).toEqual([{ name: "home", namespace: "gateway", sectionName: "https" }]);
    expect(spec.rules).toEqual([
      {
        matches: [{ path: { type: "PathPrefix", value: "/api" } }],
        backendRefs: [{ name: "web", port: 8080, namespace: "apps" }],
      },
    ]);
  });

  it.each([
    ["no host", { hostnames: [] }, "every host of the Gateway"],
    ["a host that is none", { hostnames: ["web/"] }, "is not a host name"],
    ["a relative path", { pathPrefix: "api" }, 'does not begin with "/"'],
    ["port 0", { service: { ...base.service, port: 0 } }, "0 is no port"],
  ])("refuses %s", (_, options, message) => {
    expect(() => httpRoute({ ...base, ...options })).toThrow(message);
  });
});

describe("referenceGrant", () => {
  it("opens one Service to the routes of one namespace", () => {
    const from = { kind: "HTTPRoute", namespace: "routes" } as const;
    const to = { kind: "Service", name: "web" } as const;
    expect(referenceGrant({ name: "x", namespace: "apps", from, to })).toEqual({
      apiVersion,
      kind: "ReferenceGrant",
      metadata: { name: "x", namespace: "apps" },
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "routes" }],
        to: [{ group: "", kind: "Service", name: "web" }],
      },
    });
  });
});
