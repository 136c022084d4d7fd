import { describe, expect, it } from "vitest";
import { bitwardenServerCertificate, externalSecretsChart } from "../src/index.ts";

const instance = { "app.kubernetes.io/instance": "external-secrets" };
const source = "external-secrets chart 2.9.0";

describe("externalSecretsChart", () => {
  it("installs the operator, with the pods it will create", () => {
    const metrics = { protocol: "TCP", name: "metrics", port: 8080 };
    expect(externalSecretsChart()).toEqual({
      chart: {
        repo: "https://charts.external-secrets.io",
        chart: "external-secrets",
        version: "2.9.0",
        releaseName: "external-secrets",
        namespace: "external-secrets",
        values: { fullnameOverride: "external-secrets", installCRDs: true, webhook: { port: 10250 } },
      },
      objects: [],
      endpoints: [
        {
          namespace: "external-secrets",
          name: "external-secrets",
          labels: { "app.kubernetes.io/name": "external-secrets", ...instance },
          serviceAccount: "external-secrets",
          ports: [metrics],
          source,
        },
        {
          namespace: "external-secrets",
          name: "external-secrets-webhook",
          labels: { "app.kubernetes.io/name": "external-secrets-webhook", ...instance },
          serviceAccount: "external-secrets-webhook",
          ports: [{ protocol: "TCP", name: "webhook", port: 10250 }, metrics],
          source,
        },
        {
          namespace: "external-secrets",
          name: "external-secrets-cert-controller",
          labels: { "app.kubernetes.io/name": "external-secrets-cert-controller", ...instance },
          serviceAccount: "external-secrets-cert-controller",
          ports: [metrics],
          source,
        },
      ],
    });
  });

  it("runs Bitwarden's SDK server behind a certificate of its own", () => {
    const options = { namespace: "infra", releaseName: "eso", version: "2.9.1", values: { replicaCount: 2 } };
    const { chart, objects, endpoints } = externalSecretsChart({ ...options, bitwarden: { issuer: "internal-ca" } });
    expect(chart.values).toEqual({
      fullnameOverride: "eso-external-secrets",
      installCRDs: true,
      webhook: { port: 10250 },
      "bitwarden-sdk-server": { enabled: true, fullnameOverride: "bitwarden-sdk-server" },
      replicaCount: 2,
    });
    expect(objects).toEqual([bitwardenServerCertificate({ issuer: "internal-ca", namespace: "infra" })]);
    expect(endpoints.at(-1)).toEqual({
      namespace: "infra",
      name: "bitwarden-sdk-server",
      labels: { "app.kubernetes.io/name": "bitwarden-sdk-server", "app.kubernetes.io/instance": "eso" },
      serviceAccount: "bitwarden-sdk-server",
      ports: [{ protocol: "TCP", name: "http", port: 9998 }],
      source: "external-secrets chart 2.9.1",
    });
  });

  it("gives the server the names its callers use", () => {
    const issuer = { kind: "Issuer", name: "local" } as const;
    expect(bitwardenServerCertificate({ issuer })).toEqual({
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name: "bitwarden-tls-certs", namespace: "external-secrets" },
      spec: {
        secretName: "bitwarden-tls-certs",
        dnsNames: [
          "bitwarden-sdk-server.external-secrets.svc",
          "bitwarden-sdk-server.external-secrets.svc.cluster.local",
        ],
        issuerRef: { group: "cert-manager.io", kind: "Issuer", name: "local" },
        privateKey: { algorithm: "RSA", encoding: "PKCS8", size: 2048, rotationPolicy: "Always" },
      },
    });
  });
});
