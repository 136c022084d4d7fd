import { describe, expect, it } from "vitest";
import { externalSecret, isSecretRef, secret } from "../src/index.ts";

const base = { name: "api", namespace: "apps", store: "bitwarden" };

describe("externalSecret", () => {
  it("makes a Secret from references", () => {
    const data = { API_KEY: secret("api-key"), USER: secret("login", { property: "user", version: "2" }) };
    expect(externalSecret({ ...base, data })).toEqual({
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "api", namespace: "apps" },
      spec: {
        refreshInterval: "1h0m0s",
        secretStoreRef: { kind: "ClusterSecretStore", name: "bitwarden" },
        target: { name: "api", creationPolicy: "Owner", deletionPolicy: "Retain" },
        data: [
          { secretKey: "API_KEY", remoteRef: { key: "api-key" } },
          { secretKey: "USER", remoteRef: { key: "login", property: "user", version: "2" } },
        ],
      },
    });
  });

  it("takes a store of the namespace, a type, labels and policies", () => {
    const { spec } = externalSecret({
      ...base,
      store: { kind: "SecretStore", name: "local" },
      data: { password: secret("db") },
      secretName: "db-login",
      type: "kubernetes.io/basic-auth",
      secretLabels: { "cnpg.io/reload": "true" },
      refreshInterval: "0s",
      creationPolicy: "Orphan",
      deletionPolicy: "Delete",
    });
    expect(spec).toEqual({
      refreshInterval: "0s",
      secretStoreRef: { kind: "SecretStore", name: "local" },
      target: {
        name: "db-login",
        creationPolicy: "Orphan",
        deletionPolicy: "Delete",
        template: { type: "kubernetes.io/basic-auth", metadata: { labels: { "cnpg.io/reload": "true" } } },
      },
      data: [{ secretKey: "password", remoteRef: { key: "db" } }],
    });
  });

  it("passes dataFrom through in place of data", () => {
    const dataFrom = [{ extract: { key: "all" } }];
    const { spec } = externalSecret({ ...base, data: {}, spec: { dataFrom } });
    expect(spec?.dataFrom).toEqual(dataFrom);
    expect(spec).not.toHaveProperty("data");
  });

  it.each([
    ["no data", { data: {} }, "no data"],
    ["an impossible key", { data: { "a b": secret("x") } }, '"a b" is not a key'],
    ["an interval that is none", { data: { a: secret("x") }, refreshInterval: "1 hour" }, "not a duration"],
    ["an empty reference", { data: { a: { secret: "" } as never } }, "not a reference"],
  ])("refuses %s", (_, options, message) => {
    expect(() => externalSecret({ ...base, ...options })).toThrow(TypeError);
    expect(() => externalSecret({ ...base, ...options })).toThrow(message);
  });

  it("refuses text where a reference belongs, and does not repeat it", () => {
    let error: unknown;
    try {
      // @ts-expect-error a string is no reference
      externalSecret({ ...base, data: { API_KEY: "hunter2" } });
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toBe('TypeError: ExternalSecret apps/api: API_KEY is not a reference made by secret("name")');
  });
});

describe("secret", () => {
  it("holds a name, never a value", () => {
    expect(secret("api-key")).toEqual({ secret: "api-key" });
    expect(() => secret(" ")).toThrow(TypeError);
  });

  it("is recognised after a copy, and nothing else is", () => {
    expect(isSecretRef(structuredClone(secret("a", { property: "b" })))).toBe(true);
    for (const other of ["a", null, undefined, {}, { secret: 1 }, { secret: "a", key: "b" }, [], { secret: "" }]) {
      expect(isSecretRef(other)).toBe(false);
    }
  });
});
