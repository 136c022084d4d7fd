import { validate } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import {
  bitwarden,
  bitwardenServerCertificate,
  clusterSecretStore,
  externalSecret,
  secret,
  secretStore,
} from "../src/index.ts";

const here = { namespace: "apps" };
const ids = { organization: "org", project: "project" };
const provider = bitwarden(ids);
const local = bitwarden({ ...ids, credentials: here, ca: here });
const data = { KEY: secret("key", { property: "x" }) };

describe("what the builders make is what the API server takes", () => {
  it.each([
    ["clusterSecretStore", clusterSecretStore({ name: "b", provider, namespaces: ["apps"] })],
    ["secretStore", secretStore({ name: "b", namespace: "apps", provider: local })],
    [
      "externalSecret",
      externalSecret({ name: "b", namespace: "apps", store: "b", data, type: "Opaque", secretLabels: { a: "b" } }),
    ],
    ["bitwardenServerCertificate", bitwardenServerCertificate({ issuer: "ca" })],
  ])("%s", (_, object) => expect(validate([object])).toEqual([]));
});

describe("a misspelt field in the passthrough is found", () => {
  const spelling = {
    // @ts-expect-error controller
    store: clusterSecretStore({ name: "b", provider, spec: { controler: "x" } }),
    // @ts-expect-error retrySettings
    local: secretStore({ name: "b", namespace: "apps", provider: local, spec: { retrySetting: {} } }),
    // @ts-expect-error refreshPolicy
    external: externalSecret({ name: "b", namespace: "apps", store: "b", data, spec: { refreshPolcy: "OnChange" } }),
    // @ts-expect-error duration
    certificate: bitwardenServerCertificate({ issuer: "ca", spec: { durration: "1h" } }),
  };
  it.each([
    ["store", "spec.controler"],
    ["local", "spec.retrySetting"],
    ["external", "spec.refreshPolcy"],
    ["certificate", "spec.durration"],
  ] as const)("%s", (key, path) => {
    expect(validate([spelling[key]]).map((diagnostic) => [diagnostic.severity, diagnostic.path])).toEqual([
      ["error", path],
    ]);
  });
});
