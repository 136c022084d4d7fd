import { generateKeyPairSync } from "node:crypto";
import { generateHybridIdentity } from "age-encryption";
import { describe, expect, test } from "vitest";
import {
  edit,
  encrypt,
  generateIdentity,
  guardTree,
  isEncrypted,
  mergeEncrypted,
  resolveMerge,
} from "../../src/index.ts";
import { vector, vectorNames } from "../helpers.ts";

const key = await generateIdentity();
const other = await generateIdentity();
const hybrid = await generateHybridIdentity();
const recipients = [key.recipient];
const RULE = { recipients, encryptedRegex: "^(data|stringData)$" };
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: canary\n  empty: ""\n';
const sealed = await encrypt(SECRET, RULE);
const config = (rule: string, recipient = key.recipient) => ({
  path: ".sops.yaml",
  text: `creation_rules:\n  - age: ${recipient}\n${rule}`,
});
const pem = (type: "pkcs8" | "sec1") =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type }).toString();

function findings(...files: { path: string; text: string }[]) {
  return guardTree({ files }).map(({ code, file, line, path, severity }) => {
    expect(severity).toBe("error");
    return [code.replace("sops/", ""), `${file}:${line}`, path].filter(Boolean).join(" ");
  });
}

describe("findings", () => {
  test("a file a creation rule selects, but in plaintext", () => {
    const rule = "    path_regex: ^secrets/\n";
    expect(findings(config(rule), { path: "secrets/x.yaml", text: "a: 1\n" })).toEqual([
      "not-encrypted secrets/x.yaml:1",
    ]);
    expect(findings(config(rule), { path: "secrets/x.env", text: "A=1\n" })).toEqual(["not-encrypted secrets/x.env:1"]);
    expect(findings(config(rule), { path: "secrets/x.yaml", text: "a: [\n" })).toEqual([
      "not-encrypted secrets/x.yaml:1",
    ]);
  });

  test("the nearest .sops.yaml holds", () => {
    const outer = config("    path_regex: secret\n");
    const inner = {
      path: "apps/.sops.yaml",
      text: `creation_rules:\n  - age: ${key.recipient}\n    path_regex: ^never$\n`,
    };
    expect(findings(outer, inner, { path: "apps/secret.yaml", text: "a: 1\n" })).toEqual([]);
    expect(findings(outer, inner, { path: "infra/secret.yaml", text: "a: 1\n" })).toEqual([
      "not-encrypted infra/secret.yaml:1",
    ]);
  });

  test("a value the file's own rule selects, but in plaintext", () => {
    const opened = sealed.replace(/password: ENC\S+/, "password: canary");
    expect(findings({ path: "db.yaml", text: opened })).toEqual(["plain-value db.yaml:6 stringData.password"]);
    expect(findings({ path: "db.yaml", text: sealed.replace("stringData:", "stringData:\n  port: 5432") })).toEqual([
      "plain-value db.yaml:6 stringData.port",
    ]);
  });

  test("ciphertext the file's own rule does not select", () => {
    const moved = sealed.replace("^(data|stringData)$", "^data$");
    expect(findings({ path: "db.yaml", text: moved })).toEqual(["stray-ciphertext db.yaml:6 stringData.password"]);
  });

  test("Kubernetes Secrets, in any document, in a List, and in a file whose rule misses them", async () => {
    expect(findings({ path: "db.yaml", text: SECRET })).toEqual(["plain-secret db.yaml:6 stringData.password"]);
    expect(findings({ path: "db.yaml", text: `${sealed}---\n${SECRET}` })[0]).toMatch(/^plain-(secret|value) db\.yaml/);
    const list = 'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, data: {a: eA==, b: ""}}\n';
    expect(findings({ path: "l.yaml", text: list })).toEqual(["plain-secret l.yaml:4 items[0].data.a"]);
    expect(
      findings({ path: "s.json", text: JSON.stringify({ apiVersion: "v1", kind: "Secret", data: { a: "eA==" } }) }),
    ).toEqual(["plain-secret s.json:1 data.a"]);
    const missed = await encrypt(SECRET, { recipients, encryptedRegex: "^nothing$" });
    expect(findings({ path: "db.yaml", text: missed })).toEqual(["plain-secret db.yaml:6 stringData.password"]);
  });

  test.each<[string, string]>([
    ["an age key", `# notes\nkey: ${key.identity}\n`],
    ["a post-quantum age key", `a\n${hybrid}\n`],
    ["a PEM key", `tls: |\n${pem("pkcs8").replace(/^/gm, "  ")}`],
    ["an EC key on one line", `a\nkey: ${JSON.stringify(pem("sec1"))}\n`],
    ["an OpenSSH key", `\n${pem("pkcs8").replaceAll("PRIVATE KEY", "OPENSSH PRIVATE KEY")}`],
    ["a PEM key in base64", `\nkey: ${Buffer.from(pem("pkcs8")).toString("base64")}\n`],
  ])("%s in any text file", (_, text) => {
    expect(findings({ path: "README.md", text })).toEqual(["private-key README.md:2"]);
  });

  test("values that the creation rule selects and the file's own rule leaves in plaintext", async () => {
    const rule = config("    path_regex: \\.yaml$\n    encrypted_regex: ^(data|stringData)$\n");
    // What somebody without a key can do to a file, so that what is added next stays in the clear.
    const narrowed = sealed
      .replace("^(data|stringData)$", "^password$")
      .replace("  password:", "  token: canary\n  password:");
    expect(findings(rule, { path: "db.yaml", text: narrowed })).toEqual([
      "selection-differs db.yaml:6 stringData.token",
    ]);
    const plain = await encrypt("user: web\nport: 1\n", { recipients, unencryptedRegex: ".*" });
    const secrets = config("    path_regex: \\.enc\\.yaml$\n");
    expect(findings(secrets, { path: "a.enc.yaml", text: plain })).toEqual(["selection-differs a.enc.yaml:1 user"]);
    const some = await encrypt("user: web\nport: 1\n", { recipients, encryptedRegex: "^port$" });
    expect(findings(secrets, { path: "a.enc.yaml", text: some })).toEqual([]);
    expect(findings(config(""), { path: "a.yaml", text: plain })).toEqual([]);
    const marked = await encrypt("data: {a_unencrypted: web, b: 1}\n", { recipients });
    expect(findings(rule, { path: "a.yaml", text: marked })).toEqual([]);
  });

  test("recipients that are not those of the rule", async () => {
    const rule = "    path_regex: \\.yaml$\n";
    expect(findings(config(rule), { path: "db.yaml", text: sealed })).toEqual([]);
    const [finding] = guardTree({ files: [config(rule, other.recipient), { path: "db.yaml", text: sealed }] });
    expect(finding).toMatchObject({ code: "sops/recipients-differ", path: "sops.age" });
    expect(finding?.message).toContain(`${other.recipient} cannot open it, ${key.recipient} can`);
    const both = await encrypt(SECRET, { ...RULE, recipients: [key.recipient, other.recipient] });
    expect(findings(config(rule), { path: "db.yaml", text: both })).toHaveLength(1);

    const [fp, old] = ["FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4", "D7229043384BCC60326C6FB9D8720D957C3D3074"];
    const text = sealed.replace(/^ {4}version/m, `    pgp:\n        - enc: x\n          fp: ${old}\n$&`);
    const named = (pgp: string) =>
      guardTree({ files: [config(`${rule}    pgp: ${pgp}\n`), { path: "db.yaml", text }] });
    expect(named(old)).toEqual([]);
    expect(named(fp)[0]?.message).toContain(`pgp ${fp} cannot open it, pgp ${old} can`);
  });

  test("a MAC that is missing or broken, a pattern RE2 rejects, a broken block", () => {
    const line = sealed.split("\n").indexOf("sops:") + 1;
    expect(findings({ path: "a.yaml", text: sealed.replace(/ +mac: .*\n/, "") })).toEqual([
      `mac-missing a.yaml:${line} sops`,
    ]);
    expect(findings({ path: "a.yaml", text: sealed.replace(/mac: ENC\[/, "mac: ENC(") })).toEqual([
      `mac-broken a.yaml:${sealed.split("\n").findIndex((each) => /^ +mac:/.test(each)) + 1} sops.mac`,
    ]);
    expect(findings({ path: "a.yaml", text: sealed.replace("^(data|stringData)$", "(?=x)data") })).toEqual([
      `invalid-file a.yaml:${line}`,
    ]);
    expect(findings({ path: "a.yaml", text: sealed.replace("stringData:", "stringData: [") })).toEqual([
      "invalid-file a.yaml:6",
    ]);
  });

  test("what sops itself leaves in plaintext under a sops block", () => {
    const silent = `${SECRET}${sealed.slice(sealed.indexOf("sops:")).replace("^(data|stringData)$", "(?!x)")}`;
    expect(findings({ path: "a.yaml", text: silent })).toEqual(["invalid-file a.yaml:8"]);
  });

  test("what the merge driver leaves behind, until it is resolved", async () => {
    const identities = [key.identity];
    const change = (value: string) => edit(sealed, (doc) => doc.set(["stringData", "password"], value), { identities });
    const versions = { base: sealed, ours: await change("one"), theirs: await change("two") };
    const { text, conflicts } = await mergeEncrypted(versions, { identities });
    expect(conflicts).toHaveLength(1);
    const line = text.split("\n").findIndex((each) => each.startsWith("<<<<<<<")) + 1;
    expect(findings({ path: "db.yaml", text })).toEqual([`merge-conflict db.yaml:${line}`]);
    const resolved = await resolveMerge(text, "ours", { identities });
    expect(findings({ path: "db.yaml", text: resolved })).toEqual([]);
  });

  test("what a write that was killed leaves is judged as the file it was to be", () => {
    const leftover = (name: string) => `secrets/.${name}.01234567-89-abcdef01.tmp`;
    const files = (name: string, text: string) => [
      config("    path_regex: ^secrets/.*\\.enc\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n"),
      { path: leftover(name), text },
    ];
    expect(findings(...files("db.enc.yaml", SECRET))).toEqual([
      `leftover ${leftover("db.enc.yaml")}:1`,
      `not-encrypted ${leftover("db.enc.yaml")}:1`,
      `plain-secret ${leftover("db.enc.yaml")}:6 stringData.password`,
    ]);
    // No rule speaks of it, and nothing else gives it away.
    expect(findings(...files("key.bin", "correct horse"))).toEqual([`leftover ${leftover("key.bin")}:1`]);
    expect(findings(...files("key.bin", "\0horse"))).toEqual([`leftover ${leftover("key.bin")}:1`]);
    const [whole, ...rest] = guardTree({ files: files("db.enc.yaml", sealed) });
    expect([whole?.code, whole?.severity, rest]).toEqual(["sops/leftover", "warning", []]);
    const half = sealed.slice(0, sealed.indexOf("sops:"));
    expect(findings(...files("db.yaml", half)).map((each) => each.split(" ")[0])).toEqual(["leftover", "invalid-file"]);
  });

  test("no message holds a value", () => {
    const files = [
      { path: "a.yaml", text: SECRET },
      { path: "b.yaml", text: sealed.replace(/password: ENC\S+/, "password: canary") },
      { path: "c.txt", text: key.identity },
    ];
    expect(JSON.stringify(guardTree({ files }))).not.toMatch(/canary|AGE-SECRET-KEY/);
  });
});

describe("no false alarm", () => {
  test.each(vectorNames("generated/sops-3.12.2").filter((name) => name.endsWith(".yaml")))(
    "%s as sops wrote it",
    (name) => {
      for (const version of ["3.12.2", "3.13.3"]) {
        const text = vector(`generated/sops-${version}/${name}`);
        expect(isEncrypted(text)).toBe(true);
        expect(findings({ path: name, text })).toEqual([]);
      }
    },
  );

  test.each<[string, string]>([
    [
      "a Helm template",
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n  a: {{ .Values.a }}\n",
    ],
    [
      "quoted template values",
      `apiVersion: v1\nkind: Secret\nstringData:\n  a: "{{ .Values.a | b64enc }}"\n  b: \${DB_PASSWORD}\n  d: $(DB_PASSWORD)\n  c: <path:secret/data/db#password>\n`,
    ],
    ["empty and null values", 'apiVersion: v1\nkind: Secret\ndata:\n  a: ""\n  b:\nstringData: {}\n'],
    [
      "a kustomize patch that deletes",
      "$patch: delete\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: eA==}\n",
    ],
    [
      "an ExternalSecret",
      "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data: [{secretKey: a}]\n",
    ],
    ["a reference to a Secret", "apiVersion: v1\nkind: Pod\nspec:\n  volumes: [{name: a, secret: {secretName: a}}]\n"],
    ["a placeholder key", "# AGE-SECRET-KEY-1XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n"],
    ["documentation about keys", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"],
    [
      "a public key and a certificate",
      `-----BEGIN CERTIFICATE-----\n${"MIIBszCCAVmgAwIBAgIU".repeat(5)}\n-----END CERTIFICATE-----\n`,
    ],
    ["a chart's own values for sops", "sops:\n  enabled: true\n  age: {secretName: keys}\n"],
    ["an empty file", "\n"],
  ])("%s", (_, text) => {
    expect(findings({ path: "a.yaml", text })).toEqual([]);
  });

  test("_unencrypted values and partly encrypted Secrets are a choice", async () => {
    const suffix = await encrypt(
      "apiVersion: v1_unencrypted\nkind: Secret\nstringData:\n  user_unencrypted: web\n  a: b\n",
      { recipients },
    );
    expect(findings({ path: "a.yaml", text: suffix })).toEqual([]);
    const partly = await encrypt("apiVersion: v1\nkind: Secret\nstringData:\n  user: web\n  password: canary\n", {
      recipients,
      encryptedRegex: "^password$",
    });
    expect(findings({ path: "a.yaml", text: partly })).toEqual([]);
  });

  test.each(["    encrypted_regex: ^(data|stringData)$\n", "    path_regex: .*\n", "    path_regex: \\.ya?ml$\n"])(
    "a rule for every file says nothing about which are secret: %j",
    (rule) => {
      const deployment = { path: "apps/web.yaml", text: "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n" };
      expect(findings(config(rule), deployment, { path: "README.md", text: "# Hello\n" })).toEqual([]);
    },
  );

  test("a file in a secret folder without anything the rule would encrypt", () => {
    const rule = "    path_regex: ^secrets/\n    encrypted_regex: ^(data|stringData)$\n";
    expect(findings(config(rule), { path: "secrets/kustomization.yaml", text: "resources: [db.yaml]\n" })).toEqual([]);
  });
});

test("isEncrypted knows the formats of sops", () => {
  expect(isEncrypted('{"data": "ENC[x]", "sops": {"mac": "ENC[x]", "lastmodified": "2024"}}')).toBe(true);
  expect(isEncrypted("A=ENC[x]\nsops_mac=ENC[x]\nsops_version=3.13.3\n")).toBe(true);
  expect(isEncrypted("a = ENC[x]\n\n[sops]\nmac = ENC[x]\n")).toBe(true);
  for (const text of [
    "sops: true\n",
    "a:\n  sops:\n    mac: x\n",
    "text: |\n  sops:\n    mac: x\n",
    '{"sops": 1}',
    "",
  ]) {
    expect(isEncrypted(text)).toBe(false);
  }
});
