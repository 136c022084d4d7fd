import { describe, expect, test } from "vitest";
import { generateIdentity, lintSopsConfig, parseSopsConfig, ruleFor } from "../../src/index.ts";

const { recipient } = await generateIdentity();
const arn = "arn:aws:kms:eu-central-1:123456789012:key/8f6b0f3c-0b9d-4c5a-9a4d-1c2f3e4d5a6b";
const role = "arn:aws:iam::123456789012:role/sops";
const gcp = "projects/p/locations/global/keyRings/sops/cryptoKeys/k";
const azure = "https://home.vault.azure.net/keys/sops";
const vault = "https://vault.example:8200/v1/transit/keys/sops";
const fp = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4";

describe("keys of every kind", () => {
  test("of a rule without groups, as texts with commas and as lists", () => {
    const text = `creation_rules:
  - age: ${recipient}
    pgp: ${fp.slice(0, 20)} ${fp.slice(20)}, ${fp.replace("F", "0")}
    kms: ${arn}+${role}
    aws_profile: home
    gcp_kms: [${gcp}]
    hckms: ["tr-west-1:abc-123"]
    azure_keyvault: [${azure}/1a2b, ${azure}]
    hc_vault_transit_uri: ${vault},${vault.replace("transit", "team/transit")}
`;
    const config = parseSopsConfig(text);
    expect(config.diagnostics).toEqual([]);
    const rule = ruleFor("x.yaml", config);
    expect(rule.otherKeys).toEqual(["pgp", "kms", "gcp_kms", "hckms", "azure_kv", "hc_vault"]);
    expect(rule.namedKeys).toEqual([
      [
        { kind: "pgp", id: { fp } },
        { kind: "pgp", id: { fp: fp.replace("F", "0") } },
        { kind: "kms", id: { arn, role, aws_profile: "home" } },
        { kind: "gcp_kms", id: { resource_id: gcp } },
        { kind: "hckms", id: { key_id: "tr-west-1:abc-123" } },
        { kind: "azure_kv", id: { vaultUrl: "https://home.vault.azure.net", key: "sops", version: "1a2b" } },
        { kind: "azure_kv", id: { vaultUrl: "https://home.vault.azure.net", key: "sops" } },
        {
          kind: "hc_vault",
          id: { vault_address: "https://vault.example:8200", engine_path: "transit", key_name: "sops" },
        },
        {
          kind: "hc_vault",
          id: { vault_address: "https://vault.example:8200", engine_path: "team/transit", key_name: "sops" },
        },
      ],
    ]);
  });

  test("of key groups, with merge, context and duplicates", () => {
    const text = `creation_rules:
  - shamir_threshold: 2
    pgp: 0123 # not used: there are groups
    key_groups:
      - merge:
          - pgp: [${fp}]
          - age: [${recipient}]
        pgp: [${fp}]
        hc_vault: [${vault}]
      - kms:
          - arn: ${arn}
            role: ${role}
            aws_profile: home
            context: { app: shop, stage: "1" }
        gcp_kms: [{ resource_id: ${gcp} }]
        hckms: [{ key_id: "tr-west-1:abc" }]
        azure_keyvault: [{ vaultUrl: https://home.vault.azure.net, key: sops, version: "" }]
`;
    const rule = ruleFor("x.yaml", parseSopsConfig(text));
    expect(rule).toMatchObject({ recipients: [recipient], keyGroups: [[recipient], []], shamirThreshold: 2 });
    expect(rule.namedKeys?.map((group) => group.map(({ kind, context }) => [kind, context]))).toEqual([
      [
        ["pgp", undefined],
        ["hc_vault", undefined],
      ],
      [
        ["kms", { app: "shop", stage: "1" }],
        ["gcp_kms", undefined],
        ["hckms", undefined],
        ["azure_kv", undefined],
      ],
    ]);
  });

  test.each([
    ["kms: arn:aws:kms:eu-central-1:ACCOUNT:key/x", "kms", /named like arn:aws:kms/],
    ["azure_keyvault: https://home.vault.azure.net/sops", "azure_keyvault", /named like https:\/\/NAME/],
    ["hc_vault_transit_uri: vault.example/transit", "hc_vault_transit_uri", /named like https:\/\/vault/],
    ["hckms: [abc]", "hckms", /REGION:ID/],
    ["key_groups: [{kms: [{role: x}]}]", "key_groups[0].kms[0]", /arn is missing/],
    [
      "key_groups: [{azure_keyvault: [{vaultUrl: x}]}]",
      "key_groups[0].azure_keyvault[0]",
      /vaultUrl or key is missing/,
    ],
  ])("%s is an error", (field, path, message) => {
    const { diagnostics } = parseSopsConfig(`creation_rules:\n  - age: ${recipient}\n    ${field}\n`);
    expect(diagnostics).toMatchObject([
      {
        code: "sops/config-invalid-key",
        line: 3,
        path: `creation_rules[0].${path}`,
        message: expect.stringMatching(message),
      },
    ]);
  });

  test.each([
    ["key_groups: [{kms: [{arnn: x}]}]", "sops/config-unknown-field"],
    ["key_groups: [{pgpp: [x]}]", "sops/config-unknown-field"],
    ["key_groups: {age: x}", "sops/config-invalid"],
    ["key_groups: [{kms: [x]}]", "sops/config-invalid"],
    ["pgp: {fp: x}", "sops/config-invalid"],
    ["pgp: 12345678", "sops/config-invalid"],
    ["mac_only_encrypted: maybe", "sops/config-invalid"],
    ['mac_only_encrypted: "true"', "sops/config-invalid"],
    ["hckms: tr-west-1:abc", "sops/config-invalid"],
    ["key_groups: [{age: [], pgp: ABCD}]", "sops/config-invalid"],
    ["key_groups: [{age: x}]", "sops/config-invalid"],
    ["aws_profile: [x]", "sops/config-invalid"],
    ["path_regex: [x]", "sops/config-invalid"],
  ])("%s is found", (field, code) => {
    const { diagnostics } = parseSopsConfig(`creation_rules:\n  - age: ${recipient}\n    ${field}\n`);
    expect(diagnostics.map((each) => each.code)).toContain(code);
  });
});

test.each([
  ["true", true],
  ["yes", true],
  ["off", false],
  ["null", undefined],
])("mac_only_encrypted: %s", (word, value) => {
  const config = parseSopsConfig(`creation_rules:\n  - age: ${recipient}\n    mac_only_encrypted: ${word}\n`);
  expect(ruleFor("x", config).macOnlyEncrypted).toBe(value);
});

test("a private key in the place of another is not repeated", () => {
  const secret = "AGE-SECRET-KEY-1CANARY";
  for (const field of ["pgp", "kms", "azure_keyvault", "hc_vault_transit_uri"]) {
    const { diagnostics } = parseSopsConfig(`creation_rules:\n  - age: ${recipient}\n    ${field}: ${secret}\n`);
    expect(diagnostics).toMatchObject([{ code: "sops/config-invalid-key" }]);
    expect(JSON.stringify(diagnostics)).not.toContain("CANARY");
  }
});

describe("destination_rules", () => {
  test("are read, with their recreation rules", () => {
    const text = `destination_rules:
  - s3_bucket: b
    s3_prefix: p/
    path_regex: ^s3/
    omit_extensions: true
    recreation_rule: { pgp: ${fp}, encrypted_regex: ^data$ }
  - { gcs_bucket: g, path_regex: ^gcs/ }
  - { vault_path: sops/, vault_address: "https://vault:8200", vault_kv_mount_name: kv, vault_kv_version: 1 }
`;
    const { destinations, diagnostics } = parseSopsConfig(text);
    expect(diagnostics).toEqual([]);
    expect(destinations).toMatchObject([
      {
        line: 2,
        pathRegex: "^s3/",
        destination: { kind: "s3", bucket: "b", prefix: "p/" },
        omitExtensions: true,
        recreationRule: { encryptedRegex: "^data$", otherKeys: ["pgp"] },
      },
      { destination: { kind: "gcs", bucket: "g" }, recreationRule: undefined },
      { destination: { kind: "vault", path: "sops/", address: "https://vault:8200", mount: "kv", version: 1 } },
    ]);
  });

  test.each([
    ["{ s3_bucket: b, vault_path: v }", "config-destination", "destination_rules[0]"],
    ["{ path_regex: x }", "config-destination", "destination_rules[0]"],
    ["{ s3_bucket: b, path_regex: (?=x) }", "config-invalid-regex", "destination_rules[0].path_regex"],
    ["{ s3_buket: b, gcs_bucket: g }", "config-unknown-field", "destination_rules[0].s3_buket"],
    ["{ vault_path: v, vault_kv_version: 3 }", "config-invalid", "destination_rules[0].vault_kv_version"],
    ["{ s3_bucket: b, recreation_rule: { ag: x } }", "config-unknown-field", "destination_rules[0].recreation_rule.ag"],
    ["{ s3_bucket: b, omit_extensions: 1 }", "config-invalid", "destination_rules[0].omit_extensions"],
  ])("%s", (rule, code, path) => {
    expect(lintSopsConfig(`destination_rules:\n  - ${rule}\n`)).toMatchObject([
      { code: `sops/${code}`, line: 2, path },
    ]);
  });
});

describe("stores", () => {
  test("give the indentation", () => {
    const text = "stores: { yaml: { indent: 2 }, json: { indent: -1 }, json_binary: {indent: 4}, ini: {}, dotenv: }\n";
    const { indents, diagnostics } = parseSopsConfig(text);
    expect([indents, diagnostics]).toEqual([{ yaml: 2, json: -1, json_binary: 4 }, []]);
  });

  test.each([
    ["yaml: { indent: 12 }", "config-indent", "warning"],
    ["yaml: { indent: -1 }", "config-invalid", "error"],
    ["json: { indent: two }", "config-invalid", "error"],
    ["yml: { indent: 2 }", "config-unknown-field", "warning"],
    ["ini: { indent: 2 }", "config-unknown-field", "warning"],
    ["json: 2", "config-invalid", "error"],
  ])("%s", (store, code, severity) => {
    expect(parseSopsConfig(`stores:\n  ${store}\n`).diagnostics).toMatchObject([
      { code: `sops/${code}`, severity, line: 2 },
    ]);
  });
});
