import { validate } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import {
  certificate,
  clusterIssuer,
  expose,
  forwardAuthMiddleware,
  httpRoute,
  ingressRoute,
  internalCa,
  referenceGrant,
} from "../src/index.ts";

const head = { name: "web", namespace: "apps" };
const host = "web.home.arpa";
const issuer = "internal-ca";
const outpost = { name: "proxy", namespace: "security" };
const gateway = { name: "home", namespace: "gateway" };
const apiToken = { name: "cloudflare", key: "token" };
const acme = { email: "me@example.com", profile: "tlsserver", cloudflare: { apiToken, zones: ["example.com"] } };
const exposed = { host, service: "apps/web", port: 80, issuer } as const;
const service = { name: "web", namespace: "apps", port: 80 };
const grant = { from: { kind: "HTTPRoute", namespace: "x" }, to: { kind: "Service", name: "web" } } as const;

describe("what the builders make is what the API server takes", () => {
  it.each([
    ["expose through Traefik", expose({ ...exposed, via: "traefik", sso: outpost, scheme: "https" })],
    ["expose through a Gateway", expose({ ...exposed, via: "gateway", gateway, namespace: "routes" })],
    ["internalCa", internalCa({ domains: ["home.arpa"] })],
    ["clusterIssuer", [clusterIssuer({ name: "letsencrypt", acme })]],
    ["certificate", [certificate({ ...head, dnsNames: [host], issuer, duration: "48h", renewBefore: "24h" })]],
  ])("%s", (_, objects) => expect(validate(objects)).toEqual([]));
});

describe("a misspelt field in the passthrough is found", () => {
  const spelling = {
    // @ts-expect-error commonName
    certificate: certificate({ ...head, dnsNames: [host], issuer, spec: { comonName: "x" } }),
    // @ts-expect-error vault
    issuer: clusterIssuer({ name: "x", selfSigned: true, spec: { valt: {} } }),
    // @ts-expect-error rules
    route: httpRoute({ ...head, hostnames: [host], gateway, service, spec: { rule: [] } }),
    // @ts-expect-error to
    grant: referenceGrant({ ...head, ...grant, spec: { too: [] } }),
    // @ts-expect-error ingressClassName
    ingress: ingressRoute({ ...head, host, service: { name: "web", port: 80 }, spec: { ingresClassName: "x" } }),
    // @ts-expect-error authRequestHeaders
    middleware: forwardAuthMiddleware({ ...head, outpost, forwardAuth: { authRequestHeader: [] } }),
  };
  it.each([
    ["certificate", "spec.comonName"],
    ["issuer", "spec.valt"],
    ["route", "spec.rule"],
    ["grant", "spec.too"],
    ["ingress", "spec.ingresClassName"],
    ["middleware", "spec.forwardAuth.authRequestHeader"],
  ] as const)("%s", (key, path) => {
    expect(validate([spelling[key]]).map((diagnostic) => [diagnostic.severity, diagnostic.path])).toEqual([
      ["error", path],
    ]);
  });
});
