import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  addRecipient,
  decrypt,
  edit,
  encrypt,
  encryptFile,
  encryptIfChanged,
  generateIdentity,
  lostKeyDrill,
  type MasterKey,
  openText,
  parseSopsConfig,
  planUpdateKeys,
  readMetadata,
  reportKeys,
  rotate,
  ruleFor,
  vaultTransit,
} from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { transitServer } from "./transit-server.ts";

const [mine, other] = [await generateIdentity(), await generateIdentity()];
const none = { env: {}, homeDir: "/nonexistent" };
const identities = [mine.identity];
const arn = "arn:aws:kms:eu-central-1:123456789012:key/8f6b0f3c";

/** Stands for a key of a cloud service: its answer is the data key, reversed. */
function backwards(kind: MasterKey["kind"], id: Record<string, string>): MasterKey {
  return {
    kind,
    id,
    wrap: async (key) => `-----BEGIN-----\n${Buffer.from(key).reverse().toString("base64")}\n-----END-----`,
    unwrap: async (enc) => Buffer.from(enc.split("\n")[1] ?? "", "base64").reverse(),
  };
}

const rule = (text: string) => ruleFor("x", parseSopsConfig(`creation_rules:\n${text}`));

test.each(["a.yaml", "a.json", "a.env", "a.ini", "a.bin"])("%s: a rule with groups of mixed kinds", async (file) => {
  await using server = await transitServer("t0ken");
  const vault = vaultTransit(server.uri, { token: () => "t0ken" });
  const kms = backwards("kms", { arn });
  const wanted = rule(`  - shamir_threshold: 2
    key_groups:
      - age: [${mine.recipient}]
      - hc_vault: [${server.uri}]
        age: [${other.recipient}]
      - kms: [{arn: ${arn}, role: r, context: {app: shop}}]
`);
  const plain =
    file === "a.ini"
      ? "[s]\na = hunter2\n"
      : file === "a.json"
        ? '{"a": "hunter2"}'
        : file === "a.yaml"
          ? "a: hunter2\n"
          : "a=hunter2\n";
  const text = await encrypt(plain, { ...wanted, file, masterKeys: [kms, vault] });
  const metadata = readMetadata(text, { file });
  expect(metadata.groups.map(({ age, others }) => [age.length, others.map(({ kind }) => kind)])).toEqual([
    [1, []],
    [1, ["hc_vault"]],
    [0, ["kms"]],
  ]);
  expect(metadata.groups[2]?.others[0]).toMatchObject({ fields: { arn, role: "r" }, context: { app: "shop" } });

  const open = async (content: string, keys: object) => (await decrypt(content, { ...none, file, ...keys })).text;
  for (const content of [text, await rotate(text, { ...none, file, identities, masterKeys: [vault, kms] })]) {
    expect(await open(content, { identities, masterKeys: [kms] })).toContain("hunter2");
    expect(await open(content, { masterKeys: [vault, kms] })).toContain("hunter2");
    await expect(open(content, { identities })).rejects.toMatchObject({ code: "no-identity-matches" });
  }
  const more = await addRecipient(text, (await generateIdentity()).recipient, {
    file,
    identities,
    masterKeys: [kms, vault],
  });
  expect(readMetadata(more.text, { file }).groups.map(({ age }) => age.length)).toEqual([2, 1, 0]);
  await expect(addRecipient(text, other.recipient, { file, identities, masterKeys: [kms] })).rejects.toMatchObject({
    code: "unsupported-key-type",
  });
});

test.each(["a.yaml", "a.json", "a.env"])(
  "%s: changes of values leave all keys of all groups as they are",
  async (file) => {
    const pgp = backwards("pgp", { fp: "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4" });
    const kms = backwards("kms", { arn });
    const wanted = rule(
      `  - {shamir_threshold: 2, key_groups: [{age: [${mine.recipient}], pgp: [FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4]}, {kms: [{arn: ${arn}}]}, {age: [${other.recipient}]}]}\n`,
    );
    const plain = file === "a.json" ? '{"a": "x"}' : file === "a.yaml" ? "a: x\n" : "a=x\n";
    const options = { ...none, ...wanted, file, masterKeys: [pgp, kms], identities };
    const text = await encrypt(plain, options);
    const keys = (content: string) => readMetadata(content, { file }).groups;
    const opened = await openText(text, options);
    const changed = [
      await edit(text, (doc) => doc.set(["a"], "y"), options),
      await edit(text, (doc) => doc.set(["a"], "y"), { ...options, emit: "sops" }),
      opened.encrypt(Buffer.from(plain.replace("x", "y"))),
    ];
    for (const content of changed) expect(keys(content)).toEqual(keys(text));
    const anew = [
      await encryptIfChanged(text, plain.replace("x", "y"), options),
      await encryptIfChanged(text, { a: "y" }, options),
    ];
    // With a new data key, for the same keys.
    const named = (content: string) =>
      keys(content).map(({ age, otherKeys }) => [age.map(({ recipient }) => recipient), otherKeys]);
    for (const content of anew) {
      expect(keys(content)).not.toEqual(keys(text));
      expect(named(content)).toEqual(named(text));
    }
    for (const content of [...changed, ...anew]) {
      expect((await decrypt(content, { ...options, identities: [other.identity] })).data).toEqual({ a: "y" });
    }
    expect(await encryptIfChanged(text, plain, options)).toBe(text);
  },
);

test("the report and the drill count them", async () => {
  const folder = temporaryFolder();
  const fp = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4";
  const pgp = backwards("pgp", { fp });
  const write = async (name: string, keys: string) => {
    const text = await encrypt("a: 1\n", { ...rule(keys), masterKeys: [pgp] });
    writeFileSync(join(folder, name), text);
  };
  await write("alone.yaml", `  - pgp: ${fp}\n`);
  await write("beside.yaml", `  - age: ${mine.recipient}\n    pgp: ${fp}\n`);
  await write("groups.yaml", `  - key_groups: [{age: [${mine.recipient}]}, {pgp: [${fp}]}]\n`);
  const report = await reportKeys(folder, { offline: [`pgp ${fp}`] });
  expect(report.files.map(({ groups }) => groups)).toEqual([
    [[`pgp ${fp}`]],
    [[mine.recipient, `pgp ${fp}`]],
    [[mine.recipient], [`pgp ${fp}`]],
  ]);
  const short = (path: string) => path.slice(folder.length + 1);
  expect(report.diagnostics.map(({ code, file = "" }) => [code, short(file)])).toEqual([
    ["sops/single-recipient", "alone.yaml"],
    ["sops/single-recipient", "groups.yaml"],
    ["sops/no-offline-recipient", "groups.yaml"],
  ]);
  expect(lostKeyDrill(report, [mine.recipient]).lost.map(({ file }) => short(file))).toEqual(["groups.yaml"]);
});

test("a key without its master key fails, and says which and what to do", async () => {
  const wanted = rule(`  - age: ${mine.recipient}\n    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n`);
  await expect(encrypt("a: 1\n", wanted)).rejects.toMatchObject({
    code: "unsupported-key-type",
    message: expect.stringMatching(/pgp FBC7B9E2A4F9.*MasterKey.*openSops\(\)/),
  });
  const near = [
    backwards("pgp", { fp: "0".repeat(40) }),
    backwards("kms", { fp: "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4" }),
  ];
  await expect(encrypt("a: 1\n", { ...wanted, masterKeys: near })).rejects.toThrow("pgp FBC7");
});

test("what the rule leaves open the master key may say: the version of an Azure key", async () => {
  const wanted = rule("  - azure_keyvault: https://home.vault.azure.net/keys/sops\n");
  const key = backwards("azure_kv", { vaultUrl: "https://home.vault.azure.net", key: "sops", version: "7" });
  const text = await encrypt("a: 1\n", { ...wanted, masterKeys: [key] });
  expect(readMetadata(text).groups[0]?.others[0]?.fields).toMatchObject({ version: "7", key: "sops" });
  expect((await decrypt(text, { ...none, masterKeys: [key] })).data).toEqual({ a: 1 });
});

test("a tree follows its rules from age to Vault and back, without touching what is right", async () => {
  await using server = await transitServer("t0ken");
  const masterKeys = [vaultTransit(server.uri, { token: () => "t0ken" })];
  const folder = temporaryFolder();
  mkdirSync(join(folder, "apps"));
  const file = join(folder, "apps", "a.yaml");
  const config = (keys: string) => writeFileSync(join(folder, ".sops.yaml"), `creation_rules:\n  - ${keys}\n`);
  config(`age: ${mine.recipient}\n    hc_vault_transit_uri: ${server.uri}`);
  writeFileSync(file, "token: hunter2\n");
  await encryptFile(file, { masterKeys });
  const written = readFileSync(file, "utf8");
  expect((await planUpdateKeys(folder)).updates).toEqual([]);

  config(`age: [${mine.recipient}, ${other.recipient}]\n    hc_vault_transit_uri: ${server.uri}`);
  // Its entry stays, so Vault is not needed.
  await (await planUpdateKeys(folder)).apply({ identities });
  expect(readMetadata(readFileSync(file, "utf8")).groups[0]?.others).toEqual(readMetadata(written).groups[0]?.others);

  config(`key_groups: [{age: [${mine.recipient}]}, {hc_vault: [${server.uri}]}]`);
  const grouped = await planUpdateKeys(folder);
  expect((await grouped.apply({ identities })).failed).toMatchObject([{ code: "unsupported-key-type" }]);
  expect((await (await planUpdateKeys(folder)).apply({ identities, masterKeys })).failed).toEqual([]);
  expect(readMetadata(readFileSync(file, "utf8")).groups.map(({ otherKeys }) => otherKeys)).toEqual([[], ["hc_vault"]]);
  expect((await planUpdateKeys(folder)).updates).toEqual([]);

  config(`age: ${mine.recipient}`);
  const back = await planUpdateKeys(folder);
  expect(back.updates[0]?.remove).toEqual([expect.stringContaining("hc_vault http")]);
  await back.apply({ identities, masterKeys });
  expect(readFileSync(file, "utf8")).not.toContain("vault");
  expect((await decrypt(readFileSync(file, "utf8"), { ...none, identities })).data).toEqual({ token: "hunter2" });
});
