import { describe, expect, it } from "vitest";
import { bitwarden, clusterSecretStore, secretStore } from "../src/index.ts";

const ids = { organization: "org-1", project: "project-1" };

describe("clusterSecretStore", () => {
  it("reaches Bitwarden Secrets Manager through its SDK server over HTTPS", () => {
    const provider = bitwarden(ids);
    expect(clusterSecretStore({ name: "bitwarden", provider, namespaces: ["apps", "security"] })).toEqual({
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "bitwarden" },
      spec: {
        provider: {
          bitwardensecretsmanager: {
            auth: {
              secretRef: {
                credentials: { name: "bitwarden-access-token", key: "token", namespace: "external-secrets" },
              },
            },
            bitwardenServerSDKURL: "https://bitwarden-sdk-server.external-secrets.svc:9998",
            caProvider: {
              type: "Secret",
              name: "bitwarden-tls-certs",
              key: "ca.crt",
              namespace: "external-secrets",
            },
            organizationID: "org-1",
            projectID: "project-1",
          },
        },
        conditions: [{ namespaces: ["apps", "security"] }],
      },
    });
  });

  it("takes another cloud, credentials and authority", () => {
    const provider = bitwarden({
      ...ids,
      server: "https://sdk.home.arpa",
      apiUrl: "https://api.bitwarden.eu",
      identityUrl: "https://identity.bitwarden.eu",
      credentials: { name: "machine", namespace: "infra" },
      ca: { bundle: "TFMwdA==" },
    });
    const { spec } = clusterSecretStore({ name: "x", provider, spec: { refreshInterval: 60 } });
    expect(spec).toEqual({
      provider: {
        bitwardensecretsmanager: {
          apiURL: "https://api.bitwarden.eu",
          identityURL: "https://identity.bitwarden.eu",
          auth: { secretRef: { credentials: { name: "machine", key: "token", namespace: "infra" } } },
          bitwardenServerSDKURL: "https://sdk.home.arpa",
          caBundle: "TFMwdA==",
          organizationID: "org-1",
          projectID: "project-1",
        },
      },
      refreshInterval: 60,
    });
  });

  it("refuses an empty list of namespaces, which would admit all", () => {
    const provider = bitwarden(ids);
    expect(() => clusterSecretStore({ name: "x", provider, namespaces: [] })).toThrow("no namespaces");
  });
});

describe("secretStore", () => {
  it("names no namespace, since it may only use its own", () => {
    const here = { namespace: "apps" };
    const provider = bitwarden({ ...ids, credentials: here, ca: here });
    const { spec } = secretStore({ name: "bitwarden", namespace: "apps", provider });
    expect(spec?.provider.bitwardensecretsmanager).toMatchObject({
      auth: { secretRef: { credentials: { name: "bitwarden-access-token", key: "token" } } },
      caProvider: { type: "Secret", name: "bitwarden-tls-certs", key: "ca.crt" },
    });
    expect(JSON.stringify(spec)).not.toContain('"namespace"');
  });

  it("refuses credentials of another namespace", () => {
    expect(() => secretStore({ name: "x", namespace: "apps", provider: bitwarden(ids) })).toThrow(
      'credentials is in "external-secrets", but a store of "apps" reads only there',
    );
  });
});

describe("bitwarden", () => {
  it.each([
    ["http", { server: "http://bitwarden-sdk-server:9998" }, "is not an https:// address"],
    ["no URL", { apiUrl: "api.bitwarden.eu" }, "apiUrl"],
    ["no organization", { organization: " " }, "organization is empty"],
    ["no project", { project: "" }, "project is empty"],
    ["an impossible key", { credentials: { key: "a/b" } }, '"a/b" is not a key'],
    ["an impossible Secret", { ca: { name: "A" } }, "bitwarden: ca.name"],
  ])("refuses %s", (_, options, message) => {
    expect(() => bitwarden({ ...ids, ...options })).toThrow(TypeError);
    expect(() => bitwarden({ ...ids, ...options })).toThrow(message);
  });
});
