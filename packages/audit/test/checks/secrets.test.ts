import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const secret = (rest: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: apps }\n${rest}\n`;

describe("secret-plain-text", () => {
  const only = { only: ["secret-plain-text"] };

  it.each([
    "data: { key: bm90LXJlYWw= }",
    "stringData: { key: not-real }",
    "stringData:\n  key: ENC[AES256_GCM,data:x]\n  other: not-real",
  ])("finds %s", (rest) => {
    expect(found(secret(rest), only)).toHaveLength(1);
  });

  it.each([
    "type: kubernetes.io/service-account-token",
    "data: {}",
    'stringData: { key: "" }',
    `stringData: { key: "\${KEY}" }`,
    'stringData: { key: "<path:kv/a#b>" }',
    "stringData: { key: ENC[AES256_GCM,data:x] }",
  ])("accepts %s", (rest) => expect(found(secret(rest), only)).toEqual([]));

  it("never repeats a value", () => {
    const [finding] = findings(secret("stringData: { key: not-real }"), only);
    expect(JSON.stringify(finding)).not.toContain("not-real");
  });

  it("reads the templates of a SopsSecret", () => {
    const yaml =
      "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata: { name: s, namespace: apps }\nspec:\n  secretTemplates:\n    - name: a\n      stringData:\n        key: not-real\n";
    expect(found(yaml, only)).toEqual(["secret-plain-text 8"]);
  });
});

describe(".sops.yaml and encrypted files", () => {
  const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  const config = (age: string) => ({
    path: ".sops.yaml",
    text: `creation_rules:\n  - path_regex: secrets/.*\n    age: ${age}\n`,
  });
  const only = ["sops-placeholder-recipient", "sops-config", "sops-not-encrypted", "secret-plain-text"];
  const check = (...files: { path: string; text: string }[]) =>
    findings("", { only, files }).map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);

  it("knows a placeholder from a key", () => {
    expect(check(config("YOUR_AGE_KEY"))).toEqual(["sops-placeholder-recipient .sops.yaml:3:10"]);
    expect(check(config(recipient.replace("ql3", "ql4")))).toEqual(["sops-placeholder-recipient .sops.yaml:3:10"]);
    expect(check(config(recipient))).toEqual([]);
  });

  it("misses the encryption of what a rule selects", () => {
    const values = { path: "secrets/mail.yaml", text: "password: not-real\n" };
    expect(check(config(recipient), values)).toEqual(["sops-not-encrypted secrets/mail.yaml:1:1"]);
  });

  it("sees the conflict a merge left in an encrypted file, and leaves that of another to the parser", () => {
    const broken = (value: string) => {
      const text = `a: 1\n<<<<<<< HEAD\nb: ${value}\n=======\nb: 2\n>>>>>>> feature\n`;
      return findings("", { only: ["sops-broken-file"], files: [{ path: "db.yaml", text }] });
    };
    expect(broken("ENC[AES256_GCM,data:x]").map(({ code, line }) => [code, line])).toEqual([["sops-broken-file", 2]]);
    expect(broken("1")).toEqual([]);
  });
});

describe("external secrets", () => {
  const store = (apiVersion: string, provider: string) =>
    `apiVersion: external-secrets.io/${apiVersion}\nkind: SecretStore\nmetadata: { name: s, namespace: apps }\nspec:\n  provider:\n    ${provider}\n`;
  const only = {
    only: ["external-secrets-version", "external-secrets-provider", "schema-unserved-version", "schema-unknown-field"],
  };

  it("names version and provider once, not again as schema findings", () => {
    const aws = "aws: { service: SecretsManager, region: eu-west-1 }";
    expect(found(store("v1beta1", aws), only)).toEqual(["external-secrets-version 1"]);
    expect(found(store("v1", "bitwarden: { host: a }"), only)).toEqual(["external-secrets-provider 6"]);
    expect(found(store("v1", aws), only)).toEqual([]);
  });

  it("helps with a provider that is only misspelt", () => {
    const [finding] = findings(store("v1", "azureKv: {}"), only);
    expect(finding?.help).toContain("azurekv");
  });
});

it("private-key-in-tree finds tokens, too, and does not repeat them", () => {
  const token = `npm_${"aB3dE5fG7hJ9".repeat(3)}`;
  const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: apps }\ndata:\n  npmrc: ${token}\n`;
  const [finding, ...others] = findings(yaml, { only: ["private-key-in-tree"] });
  expect(finding).toMatchObject({ code: "private-key-in-tree", line: 5 });
  expect(others).toEqual([]);
  expect(JSON.stringify(finding)).not.toContain(token);
});
