import { getAt } from "@idstack/manifests";
import { expect, test } from "vitest";
import { full, render } from "../fixtures.ts";

const objects = render(full);

test("a host has a certificate and a route to its service", () => {
  expect(objects.get("Certificate security/search")).toMatchObject({ spec: { dnsNames: ["search.home.example.org"] } });
  expect(getAt(objects.get("IngressRoute security/search"), ["spec", "routes"])).toEqual([
    { kind: "Rule", match: "Host(`search.home.example.org`)", services: [{ name: "search", port: 9200 }] },
  ]);
});

test("single sign-on asks Authentik before each request, and lets the named groups in", () => {
  expect(getAt(objects.get("IngressRoute apps/web"), ["spec", "routes", 0, "middlewares"])).toEqual([
    { name: "web-sso" },
  ]);
  expect(objects.has("Middleware apps/web-sso")).toBe(true);
  expect(objects.has("IngressRoute security/apps-web-sso")).toBe(true);
  const blueprint = String(
    getAt(objects.get("ConfigMap security/idstack-applications"), ["data", "idstack-applications.yaml"]),
  );
  expect(blueprint).toContain("external_host: https://web.home.example.org");
  expect(blueprint).toContain("name: members");
  expect(blueprint).toContain("name: admins");
  expect(blueprint).not.toContain("search.home.example.org");
});

test("Traefik, and nobody else of the platform, may connect", () => {
  expect(objects.get("CiliumNetworkPolicy apps/web-from-infra-traefik")).toMatchObject({
    spec: {
      endpointSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      ingress: [
        {
          fromEndpoints: [
            { matchLabels: { "k8s:io.kubernetes.pod.namespace": "infra", "app.kubernetes.io/name": "traefik" } },
          ],
          toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }] }],
        },
      ],
    },
  });
});
