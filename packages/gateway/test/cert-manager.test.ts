import { describe, expect, it } from "vitest";
import { certificate, clusterIssuer, internalCa } from "../src/index.ts";

const apiVersion = "cert-manager.io/v1";

describe("certificate", () => {
  it("asks for a P-256 key that changes at every renewal", () => {
    expect(certificate({ name: "web", namespace: "apps", dnsNames: ["web.home.arpa"], issuer: "internal-ca" })).toEqual(
      {
        apiVersion,
        kind: "Certificate",
        metadata: { name: "web", namespace: "apps" },
        spec: {
          secretName: "web-tls",
          dnsNames: ["web.home.arpa"],
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" },
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        },
      },
    );
  });

  it("takes an Issuer, wildcards, lifetimes and what else a Certificate can say", () => {
    const { spec } = certificate({
      name: "web",
      namespace: "apps",
      dnsNames: ["*.home.arpa"],
      issuer: { kind: "Issuer", name: "local" },
      secretName: "wild",
      duration: "48h",
      renewBefore: "24h",
      spec: { revisionHistoryLimit: 1 },
    });
    expect(spec).toMatchObject({
      secretName: "wild",
      dnsNames: ["*.home.arpa"],
      issuerRef: { group: "cert-manager.io", kind: "Issuer", name: "local" },
      duration: "48h",
      renewBefore: "24h",
      revisionHistoryLimit: 1,
    });
  });

  it.each([
    [[], "no dnsNames"],
    [["web_1"], "is not a host name"],
    [["a.*.b"], "is not a host name"],
  ])("refuses %o", (dnsNames, message) => {
    expect(() => certificate({ name: "web", namespace: "apps", dnsNames, issuer: "x" })).toThrow(message);
  });
});

describe("clusterIssuer", () => {
  const cloudflare = { apiToken: { name: "cloudflare", key: "token" }, zones: ["example.com"] };

  it("proves names at Let's Encrypt by DNS records at Cloudflare", () => {
    expect(clusterIssuer({ name: "letsencrypt", acme: { email: "me@example.com", cloudflare } })).toEqual({
      apiVersion,
      kind: "ClusterIssuer",
      metadata: { name: "letsencrypt" },
      spec: {
        acme: {
          server: "https://acme-v02.api.letsencrypt.org/directory",
          email: "me@example.com",
          privateKeySecretRef: { name: "letsencrypt-account" },
          solvers: [
            {
              selector: { dnsZones: ["example.com"] },
              dns01: { cloudflare: { apiTokenSecretRef: { name: "cloudflare", key: "token" } } },
            },
          ],
        },
      },
    });
  });

  it("takes the staging directory, another one, a profile, every zone", () => {
    const acme = { email: "x@y.z", cloudflare: { apiToken: cloudflare.apiToken }, profile: "tlsserver" };
    const server = (name: "letsencrypt-staging" | `https://${string}`) =>
      clusterIssuer({ name: "x", acme: { ...acme, server: name } }).spec.acme;
    expect(server("letsencrypt-staging")?.server).toBe("https://acme-staging-v02.api.letsencrypt.org/directory");
    expect(server("https://ca.home.arpa/dir")).toMatchObject({
      server: "https://ca.home.arpa/dir",
      profile: "tlsserver",
    });
    expect(server("https://ca.home.arpa/dir")?.solvers?.[0]).not.toHaveProperty("selector");
    // @ts-expect-error not HTTPS
    expect(() => server("http://ca.home.arpa")).toThrow("is not an https:// address");
    const none = { ...acme, cloudflare: { ...cloudflare, zones: [] } };
    expect(() => clusterIssuer({ name: "x", acme: none })).toThrow("no zones");
  });
});

describe("internalCa", () => {
  it("starts an authority from a self-signed certificate", () => {
    expect(internalCa({ domains: ["home.arpa"] })).toEqual([
      { apiVersion, kind: "ClusterIssuer", metadata: { name: "internal-ca-root" }, spec: { selfSigned: {} } },
      {
        apiVersion,
        kind: "Certificate",
        metadata: { name: "internal-ca-root", namespace: "cert-manager" },
        spec: {
          secretName: "internal-ca-root-tls",
          isCA: true,
          commonName: "internal-ca",
          duration: "87600h",
          usages: ["cert sign", "crl sign"],
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca-root" },
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
          nameConstraints: { critical: true, permitted: { dnsDomains: ["home.arpa"] } },
        },
      },
      {
        apiVersion,
        kind: "ClusterIssuer",
        metadata: { name: "internal-ca" },
        spec: { ca: { secretName: "internal-ca-root-tls" } },
      },
    ]);
  });
});
