import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  decrypt,
  encrypt,
  findRule,
  findSopsConfig,
  generateIdentity,
  parseSopsConfig,
  ruleFor,
} from "../../src/index.ts";
import { noSops, sops, temporaryFolder } from "../helpers.ts";

const a = await generateIdentity();
const b = await generateIdentity();

function mistyped(recipient: string): string {
  return recipient.slice(0, -1) + (recipient.endsWith("q") ? "p" : "q");
}

function config(rules: string, file?: string) {
  return parseSopsConfig(`creation_rules:\n${rules}`, { file });
}

describe("ruleFor", () => {
  const rules = config(`  - path_regex: ^clusters/.*\\.secret\\.yaml$
    encrypted_regex: ^(data|stringData)$
    mac_only_encrypted: true
    age: >-
      ${a.recipient},
      ${b.recipient}
  - path_regex: (?i)\\.ENC\\.yaml$
    age: [${a.recipient}, "${b.recipient} , ${a.recipient}"]
  - key_groups:
      - age: [${b.recipient}]
`);

  test("the first rule whose pattern is found wins; a rule is a set of encryption options", async () => {
    const rule = ruleFor("clusters/home/db.secret.yaml", rules);
    expect(rule).toMatchObject({
      index: 0,
      line: 2,
      recipients: [a.recipient, b.recipient],
      encryptedRegex: "^(data|stringData)$",
      macOnlyEncrypted: true,
    });
    const text = await encrypt({ kind: "Secret", data: { x: "eA==" } }, rule);
    expect((await decrypt(text, { identities: [b.identity] })).metadata).toMatchObject({ macOnlyEncrypted: true });
    expect(text).toContain("kind: Secret");
    expect(ruleFor("x.enc.yaml", rules)).toMatchObject({ index: 1, recipients: [a.recipient, b.recipient] });
    expect(ruleFor("./anything", rules)).toMatchObject({ index: 2, recipients: [b.recipient] });
    expect(rules.diagnostics).toEqual([]);
  });

  test("paths are seen from the folder of the file", () => {
    const only = `  - path_regex: ^secrets/\n    age: ${a.recipient}\n`;
    for (const [file, path] of [
      [undefined, "secrets/x.yaml"],
      ["/repo/.sops.yaml", "/repo/secrets/x.yaml"],
      ["/repo/.sops.yaml", "secrets/x.yaml"],
      ["apps/.sops.yaml", "apps/secrets/x.yaml"],
    ] as const) {
      expect(findRule(path, config(only, file))?.index).toBe(0);
    }
    expect(findRule("/elsewhere/secrets/x.yaml", config(only, "/repo/.sops.yaml"))).toBe(undefined);
    expect(findRule("secrets/x.yaml", config(only, "apps/.sops.yaml"))).toBe(undefined);
    expect(() => findRule("/repo/x", config(only, ".sops.yaml"))).toThrow(TypeError);
  });

  test.each([
    [
      "no-matching-creation-rule",
      `  - path_regex: ^secrets/\n    age: ${a.recipient}\n`,
      /no creation rule matches x\.yaml: tried \^secrets\//,
    ],
    ["no-matching-creation-rule", "  []\n", /there are no creation rules/],
    ["invalid-config", "  - age: age1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", /placeholder/],
    ["invalid-config", `  - path_regex: (?=x)\n    age: ${a.recipient}\n`, /RE2/],
    ["invalid-config", `  - path_regexp: secrets\n    age: ${a.recipient}\n`, /path_regexp.*Did you mean path_regex\?/],
    ["invalid-config", `  - key_groups: [{age: [${a.recipient}]}, {}]\n`, /names no key/],
    [
      "invalid-config",
      `  - {shamir_threshold: 3, key_groups: [{age: [${a.recipient}]}, {age: [${b.recipient}]}]}\n`,
      /at most/,
    ],
  ])("fails with %s", (code, rules, message) => {
    expect(() => ruleFor("x.yaml", config(rules, ".sops.yaml"))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message), file: ".sops.yaml" }),
    );
  });
});

describe("parseSopsConfig reports with positions", () => {
  test.each([
    ["config-invalid-recipient", "  - age:\n      - age1xxxxxxxxxxxxxx\n", 3, 9, "creation_rules[0].age"],
    ["config-invalid-recipient", `  - age: ${mistyped(a.recipient)}\n`, 2, 10, "creation_rules[0].age"],
    ["config-invalid-recipient", "  - age: AGE-SECRET-KEY-1QQQ\n", 2, 10, "creation_rules[0].age"],
    ["config-unknown-field", `  - age: ${a.recipient}\n    path_regexp: x\n`, 3, 5, "creation_rules[0].path_regexp"],
    [
      "config-invalid-regex",
      `  - age: ${a.recipient}\n    encrypted_regex: (?!x)\n`,
      3,
      22,
      "creation_rules[0].encrypted_regex",
    ],
    [
      "config-conflicting-selection",
      `  - age: ${a.recipient}\n    encrypted_regex: x\n    encrypted_suffix: y\n`,
      3,
      22,
      "creation_rules[0].encrypted_regex",
    ],
    ["config-no-keys", "  - path_regex: x\n", 2, 5, "creation_rules[0]"],
    ["config-invalid", "  - [\n", 3, 1, undefined],
    ["config-invalid", "  a: 1\n", 2, 3, "creation_rules"],
  ])("%s", (code, rules, line, column, path) => {
    const { diagnostics } = config(rules, "home/.sops.yaml");
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      code: `sops/${code}`,
      severity: "error",
      file: "home/.sops.yaml",
      line,
      column,
    });
    expect(diagnostics[0]?.path).toBe(path);
  });

  test("a field at the top that sops does not know is a warning", () => {
    const { diagnostics } = parseSopsConfig("creation_rule: []\n");
    expect(diagnostics).toMatchObject([{ severity: "warning", help: "Did you mean creation_rules?", line: 1 }]);
  });
});

test("findSopsConfig takes the nearest file above a folder", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "a", "b"), { recursive: true });
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{age: ${a.recipient}}]\n`);
  expect((await findSopsConfig(join(folder, "a", "b")))?.file).toBe(join(folder, ".sops.yaml"));
  writeFileSync(join(folder, "a", ".sops.yaml"), `creation_rules: [{age: ${b.recipient}}]\n`);
  const found = await findSopsConfig(join(folder, "a", "b"));
  expect(found && ruleFor(join(folder, "a", "b", "x.yaml"), found).recipients).toEqual([b.recipient]);
});

test.skipIf(noSops !== undefined)("sops picks the same rule for the same path", () => {
  const folder = temporaryFolder();
  const text = `creation_rules:
  - path_regex: ^deep/.*[[:digit:]]\\.yaml$
    encrypted_regex: one
    age: ${a.recipient}
  - path_regex: (?i)SECRET
    encrypted_regex: two
    age: ${a.recipient}
  - path_regex: \\.yaml\\z
    encrypted_regex: three
    age: ${a.recipient}
`;
  writeFileSync(join(folder, ".sops.yaml"), text);
  mkdirSync(join(folder, "deep"));
  for (const path of ["deep/1.yaml", "deep/x.yaml", "my-secret.yaml", "x.yaml", "x.yml"]) {
    writeFileSync(join(folder, path), "a: 1\n");
    const { status, stdout } = sops(["encrypt", path], "", folder);
    const ours = findRule(path, parseSopsConfig(text, { file: join(folder, ".sops.yaml") }));
    expect(/encrypted_regex: (\w+)/.exec(stdout)?.[1]).toBe(ours?.encryptedRegex);
    expect(status === 0).toBe(ours !== undefined);
  }
});

test("stores name the indentation sops writes with", () => {
  const { indents, diagnostics } = parseSopsConfig(
    "stores:\n  yaml: {indent: 2}\n  json: {indent: 0}\n  json_binary:\n    indent: -1\n  ini: {}\n",
  );
  expect(indents).toEqual({ yaml: 2, json: 0, json_binary: -1 });
  expect(diagnostics).toEqual([]);
});
