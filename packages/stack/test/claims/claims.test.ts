import { createCluster, proveClaims } from "@idstack/reach";
import { describe, expect, test } from "vitest";
import example from "../../../../examples/identity-stack/stack.config.ts";
import { claims, clusterFacts, expand, type StackDeclaration } from "../../src/index.ts";
import { clusterOf, full, onKubernetes, service, small, stackOf } from "../fixtures.ts";

const textsOf = (declaration: StackDeclaration) => claims(stackOf(declaration)).map(({ text }) => text);
const failed = (declaration: StackDeclaration, without: RegExp) => {
  const stack = stackOf(declaration);
  const { objects, endpoints } = expand(stack);
  const kept = objects
    .map(({ object }) => object)
    .filter(({ metadata }) => !without.test(`${metadata?.namespace}/${metadata?.name}`));
  expect(kept.length).toBeLessThan(objects.length);
  const cluster = createCluster({ objects: kept, endpoints, facts: clusterFacts(stack) });
  return proveClaims(cluster, claims(stack))
    .claims.filter(({ ok }) => !ok)
    .map(({ text }) => text);
};

test("what is claimed of two services", () => {
  expect(textsOf(small)).toEqual([
    "every pod of apps is denied by default (ingress, egress)",
    "web calls api",
    "only web reaches api",
    "api reaches only DNS",
    "nobody reaches web",
    "web reaches only api and DNS",
  ]);
});

test("what is claimed of everything that can be declared", () => {
  expect(textsOf(full)).toEqual([
    "every pod of apps is denied by default (ingress, egress)",
    "every pod of security is denied by default (ingress, egress)",
    "probe calls search",
    "search calls api",
    "search calls probe",
    "web calls api",
    "web calls search",
    "web sends search only the requests declared",
    "only search and web reach api",
    "api reaches api.example.com",
    "api reaches 192.168.1.20",
    "api reaches fd00::20",
    "api does not reach probe",
    "api does not reach search",
    "api does not reach web",
    "api does not reach the API server",
    "only probe, web and Traefik reach search",
    "search reaches only api, probe and DNS",
    "only Traefik reaches web",
    "web reaches only api, search, its database and DNS",
    "only api and its own instances reach apps/api-db",
    "only the operator and its own instances reach the status port of apps/api-db",
    "only web and its own instances reach apps/web-db",
    "only the operator and its own instances reach the status port of apps/web-db",
    "only Traefik reaches Authentik",
    "only authentik and its own instances reach security/authentik-db",
    "only the operator and its own instances reach the status port of security/authentik-db",
  ]);
});

test.each(Object.entries({ small, full, onKubernetes, example: example.declaration }))(
  "the claims of %s hold",
  (_, declaration) => {
    const { claims: proved } = proveClaims(clusterOf(declaration), claims(stackOf(declaration)));
    expect(proved.filter(({ ok }) => !ok)).toEqual([]);
    expect(proved.length).toBeGreaterThan(5);
    for (const { rules, text } of proved) if (!text.startsWith("nobody")) expect(rules, text).not.toEqual([]);
  },
);

test("an open namespace promises nothing, and a call out of it is still claimed", () => {
  const open = { ...small, namespaces: { apps: { defaultDeny: false } } };
  expect(textsOf(open)).toEqual(["web calls api"]);
});

test("a namespace without pods is not claimed about", () => {
  expect(textsOf({ ...small, namespaces: { apps: {}, idle: {} } })).toEqual(textsOf(small));
});

describe("a missing policy breaks the claims about it", () => {
  test("egress of a call", () => {
    expect(failed(small, /^apps\/web-to-apps-api$/)).toEqual([
      "web calls api",
      "only web reaches api",
      "web reaches only api and DNS",
    ]);
  });

  test("ingress of a call", () => {
    expect(failed(small, /^apps\/api-from-apps-web$/)).toEqual([
      "web calls api",
      "only web reaches api",
      "web reaches only api and DNS",
    ]);
  });

  test("default deny", () => {
    expect(failed(small, /^apps\/default-deny$/)).toEqual([
      "every pod of apps is denied by default (ingress, egress)",
      "nobody reaches web",
    ]);
  });

  test("DNS", () => {
    expect(failed(small, /^apps\/allow-dns$/)).toEqual(["api reaches only DNS", "web reaches only api and DNS"]);
  });

  test("the way to a database", () => {
    expect(failed(full, /^apps\/cluster-web-db-from-apps-web$/)).toEqual([
      "web reaches only api, search, its database and DNS",
      "only web and its own instances reach apps/web-db",
    ]);
  });

  test("a policy of one's own that opens a service", () => {
    const open = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: "debug", namespace: "apps" },
      spec: {
        endpointSelector: { matchLabels: { "app.kubernetes.io/name": "api" } },
        ingress: [{ fromEntities: ["cluster", "world"] }],
      },
    };
    const broken = proveClaims(
      clusterOf({ ...small, objects: [open] }),
      claims(stackOf({ ...small, objects: [open] })),
    );
    expect(broken.claims.filter(({ ok }) => !ok).map(({ text }) => text)).toEqual(["only web reaches api"]);
  });

  test("a policy of one's own that voids a restriction", () => {
    const wide = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: "wide", namespace: "security" },
      spec: {
        endpointSelector: { matchLabels: { "app.kubernetes.io/name": "search" } },
        ingress: [
          {
            fromEndpoints: [
              { matchLabels: { "k8s:io.kubernetes.pod.namespace": "apps", "app.kubernetes.io/name": "web" } },
            ],
          },
        ],
      },
    };
    const declaration = { ...full, objects: [wide] };
    const { claims: proved } = proveClaims(clusterOf(declaration), claims(stackOf(declaration)));
    expect(proved.filter(({ ok }) => !ok).map(({ text }) => text)).toContain(
      "web sends search only the requests declared",
    );
  });
});

test("a restriction that names no method is not claimed to refuse one", () => {
  const services = {
    ...small.services,
    web: { ...service(small, "web"), calls: [{ service: "api", http: [{ path: "/.*" }] }] },
  };
  expect(textsOf({ ...small, services })).not.toContain("web sends api only the requests declared");
});

test("the facts are those of the declaration", () => {
  expect(clusterFacts(stackOf(onKubernetes))).toEqual({
    apiServer: "[fd00::10]:6444",
    cni: "kubernetes",
    clusterName: "home",
    podCidr: "fd42::/48",
  });
});
