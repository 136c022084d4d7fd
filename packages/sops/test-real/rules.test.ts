import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops, sopsVersions } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import {
  decryptFile,
  encryptFile,
  execWithSecrets,
  generateIdentity,
  parseSopsConfig,
  planUpdateKeys,
  vaultTransit,
} from "../src/index.ts";
import { transitServer } from "../test/keys/transit-server.ts";

const root = mkdtempSync(join(tmpdir(), "sops-rules-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [mine, other] = [await generateIdentity(), await generateIdentity()];

/** Rules of which each names keys of two kinds, and some of them several groups. */
const rules: Readonly<Record<string, (vault: string) => string>> = {
  flat: (vault) => `age: ${mine.recipient}\n    hc_vault_transit_uri: ${vault}`,
  list: (vault) => `age: [${mine.recipient}]\n    hc_vault_transit_uri: [${vault}]`,
  "one group": (vault) => `key_groups: [{age: [${mine.recipient}], hc_vault: [${vault}]}]`,
  groups: (vault) => `key_groups: [{age: [${mine.recipient}]}, {hc_vault: [${vault}]}]`,
  "mixed groups, threshold": (vault) => `shamir_threshold: 2
    key_groups:
      - age: [${mine.recipient}]
        hc_vault: [${vault}]
      - merge: [{hc_vault: [${vault}]}]
        age: [${other.recipient}]
      - age: [${other.recipient}]`,
};

/** What every encryption makes anew. */
const masked = (text: string): string =>
  text
    .slice(text.search(/^sops:|^\t"sops"|"sops"/m))
    .replace(/-----BEGIN[\s\S]*?-----END AGE ENCRYPTED FILE-----/g, "AGE")
    .replace(/vault:v1:[\w+/=]+|ENC\[[^\]]*\]|\d{4}-\d\d-\d\dT[\d:]+Z|version["]?: "?[\d.]+"?/g, "…");

describe.each(sopsVersions)("sops %s and rules with keys of two kinds", (version) => {
  test.each(Object.entries(rules))("%s", async (name, rule) => {
    await using server = await transitServer("t0ken");
    const masterKeys = [vaultTransit(server.uri, { token: () => "t0ken" })];
    const keys = { masterKeys, identities: [mine.identity, other.identity] };
    const folder = join(root, `${version}-${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, ".sops.yaml"), `creation_rules:\n  - ${rule(server.uri)}\n`);
    const env = { HOME: folder, VAULT_TOKEN: "t0ken", SOPS_AGE_KEY: `${mine.identity}\n${other.identity}` };
    for (const file of ["a.yaml", "a.json"]) {
      const plain = file === "a.yaml" ? "token: hunter2\n" : '{\n\t"token": "hunter2"\n}\n';
      const [ours, theirs] = [join(folder, `ours-${file}`), join(folder, `theirs-${file}`)];
      for (const path of [ours, theirs]) writeFileSync(path, plain);
      await encryptFile(ours, { masterKeys, emit: "sops" });
      expect((await sops(["decrypt", ours], { version, cwd: folder, env })).stdout).toBe(plain);

      await sops(["encrypt", "-i", theirs], { version, cwd: folder, env });
      expect((await decryptFile(theirs, keys)).data).toEqual({ token: "hunter2" });
      expect((await planUpdateKeys(theirs)).updates).toEqual([]);
      // The order of 3.12 is another one.
      expect(masked(readFileSync(ours, "utf8"))).toContain("lastmodified");
      if (version === "3.13.3") expect(masked(readFileSync(ours, "utf8"))).toBe(masked(readFileSync(theirs, "utf8")));
    }
    await recordEvidence({
      component: "sops",
      version,
      proves: `rules with age and Vault keys (${name}) work both ways`,
      checked: 4,
      unit: "files",
      mismatches: 0,
    });
  });

  test("refuses the keys that the linter reports", async () => {
    const folder = join(root, `${version}-refused`);
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), "a: 1\n");
    for (const keys of [
      "hc_vault_transit_uri: vault.example/transit",
      "hc_vault_transit_uri: https://vault.example/prefix/v1/transit/keys/k",
      "azure_keyvault: https://home.vault.azure.net/sops",
      "pgp: {fp: x}",
      "key_groups: {age: x}",
      `key_groups: [{age: ${mine.recipient}}]`,
      `key_groups: [{age: [${mine.recipient}], pgp: ABCD}]`,
      "hckms: tr-west-1:abc",
      "mac_only_encrypted: maybe",
      'mac_only_encrypted: "true"',
      "kms: 5",
      "aws_profile: [x]",
      "path_regex: [x]",
      "stores: x",
    ]) {
      const text = keys.startsWith("stores")
        ? `creation_rules: [{age: ${mine.recipient}}]\n${keys}\n`
        : `creation_rules:\n  - age: ${mine.recipient}\n    ${keys}\n`;
      writeFileSync(join(folder, ".sops.yaml"), text);
      const { status } = await sops(["encrypt", "a.yaml"], { version, cwd: folder, allowFailure: true });
      expect(status, keys).not.toBe(0);
      expect(parseSopsConfig(text).diagnostics.length, keys).toBeGreaterThan(0);
    }
    for (const keys of [
      "mac_only_encrypted: yes",
      "key_groups: null",
      "encrypted_regex: 5",
      "pgp: ''",
      "shamir_threshold: 0",
    ]) {
      const text = `creation_rules:\n  - age: ${mine.recipient}\n    ${keys}\n`;
      writeFileSync(join(folder, ".sops.yaml"), text);
      const { stdout } = await sops(["encrypt", "a.yaml"], { version, cwd: folder });
      const [rule] = parseSopsConfig(text).rules;
      expect(rule?.problems, keys).toEqual([]);
      expect(rule?.macOnlyEncrypted ?? false, keys).toBe(stdout.includes("mac_only_encrypted: true"));
    }
  });
});

describe.each(sopsVersions)("sops %s and commands with secrets", (version) => {
  const env = { HOME: root, PATH: process.env["PATH"], SOPS_AGE_KEY: mine.identity };
  const folder = join(root, `${version}-exec`);
  mkdirSync(folder);
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{age: ${mine.recipient}}]\n`);

  test.each([
    [
      "a.yaml",
      'b: true\nf: 1.50\ng: 1e21\nh: 1234567.25\ni: 0x10\nj: 0.00001\nt: 2024-01-02\ns: "x\\ny z"\ne: ""\n# c\nw: 2.0\n',
    ],
    ["a.json", '{"a": "$HOME `x`", "b": false, "n": 12345678901234567, "f": 0.1, "z": 100.0}'],
    ["a.env", "A= spaces \nB='quotes'\nC=a\\nb\n"],
  ])("%s has the same variables, and the same file", async (name, plain) => {
    const file = join(folder, name);
    writeFileSync(file, plain);
    await sops(["encrypt", "-i", file], { version, cwd: folder, env });
    const [ours, theirs] = [join(folder, "ours"), join(folder, "theirs")];
    const line = (target: string) => `env -0 | grep -zvE '^(_|PWD|SHLVL|OLDPWD)=' | sort -z > '${target}'`;
    const sourceless = { HOME: root, PATH: process.env["PATH"] };
    await execWithSecrets(file, ["/bin/sh", "-c", `unset SOPS_AGE_KEY; ${line(ours)}`], { env });
    await sops(["exec-env", file, `unset SOPS_AGE_KEY SOPS_DISABLE_VERSION_CHECK; ${line(theirs)}`], {
      version,
      cwd: folder,
      env,
    });
    expect(readFileSync(ours, "utf8")).toBe(readFileSync(theirs, "utf8"));
    expect(readFileSync(ours, "utf8").split("\0").length).toBeGreaterThan(Object.keys(sourceless).length + 2);
    await execWithSecrets(file, ["/bin/sh", "-c", `cat {} > '${ours}'`], { env, as: "fifo" });
    await sops(["exec-file", file, `cat {} > '${theirs}'`], { version, cwd: folder, env });
    expect(readFileSync(ours, "utf8")).toBe(readFileSync(theirs, "utf8"));
  });
});
