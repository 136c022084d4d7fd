import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  addRecipient,
  decrypt,
  encrypt,
  encryptIfChanged,
  generateIdentity,
  lostKeyDrill,
  parseSopsConfig,
  planUpdateKeys,
  readMetadata,
  removeRecipient,
  reportKeys,
  rotate,
  rotateFile,
  updateKeys,
} from "../../src/index.ts";
import { diffLines, temporaryFolder } from "../helpers.ts";

const [a, b, c] = [await generateIdentity(), await generateIdentity(), await generateIdentity()];
const identities = [a.identity];
const PLAIN = "# top\nuser: web\n\nlist: [1, 2]\nnested:\n  token: hunter2 # rotate\n";
const JSON_PLAIN = '{\n  "user": "web",\n  "n": [1, 2.5]\n}\n';

const recipientsOf = (text: string, file?: string) =>
  readMetadata(text, { file }).age.map(({ recipient }) => recipient);

describe.each([
  ["a.yaml", PLAIN],
  ["two.yaml", `${PLAIN}---\nb: c\n`],
  ["a.json", JSON_PLAIN],
])("%s", (file, plain) => {
  test("a recipient is added: nothing else changes", async () => {
    const text = await encrypt(plain, { recipients: [a.recipient], file });
    const added = await addRecipient(text, b.recipient, { identities, file });
    expect(diffLines(text, added.text).removed.length).toBeLessThan(file.endsWith("json") ? 3 : 1);
    expect(recipientsOf(added.text, file)).toEqual([a.recipient, b.recipient]);
    expect((await decrypt(added.text, { identities: [b.identity], file })).text).toBe(plain);
    expect((await addRecipient(added.text, b.recipient, { file })).text).toBe(added.text);

    const removed = await removeRecipient(added.text, b.recipient, { identities, file });
    expect(removed.text).toBe(text);
    expect(removed.warnings).toMatchObject([{ code: "sops/removed-recipient-knows-key", severity: "warning", file }]);
  });

  test("rotation changes every envelope and no value", async () => {
    const text = await encrypt(plain, { recipients: [a.recipient, b.recipient], file });
    const rotated = await rotate(text, { identities, remove: [b.recipient], add: [c.recipient], file });
    const envelopes = (yaml: string) => yaml.match(/ENC\[[^\]]*\]/g) ?? [];
    expect(envelopes(rotated).length).toBe(envelopes(text).length);
    expect(envelopes(rotated).filter((one) => text.includes(one))).toEqual([]);
    expect((await decrypt(rotated, { identities: [c.identity], file })).text).toBe(plain);
    await expect(decrypt(rotated, { identities: [b.identity], file })).rejects.toMatchObject({
      code: "no-identity-matches",
    });
  });

  test("key groups: any threshold of groups opens it", async () => {
    const keyGroups = [[a.recipient], [b.recipient, a.recipient], [c.recipient]];
    const options = { recipients: [], keyGroups, shamirThreshold: 2, file };
    const text = await encrypt(plain, options);
    expect(readMetadata(text, { file })).toMatchObject({ keyGroups: 3, shamirThreshold: 2 });
    for (const keys of [[a.identity], [b.identity, c.identity]]) {
      expect((await decrypt(text, { identities: keys, file })).text).toBe(plain);
    }
    await expect(decrypt(text, { identities: [c.identity], file })).rejects.toMatchObject({
      code: "no-identity-matches",
      message: expect.stringContaining("1 of the 2 key groups that are needed can be opened"),
    });
    expect(await encryptIfChanged(text, plain, { ...options, identities })).toBe(text);
    const rotated = await rotate(text, { identities, file });
    expect((await decrypt(rotated, { identities: [b.identity, c.identity], file })).text).toBe(plain);
    const single = await updateKeys(text, { recipients: [c.recipient] }, { identities, file });
    expect((await decrypt(single.text, { identities: [c.identity], file })).text).toBe(plain);
    expect(single.text).not.toContain("key_groups");
  });
});

test("what cannot be", async () => {
  const text = await encrypt({ x: 1 }, { recipients: [a.recipient] });
  await expect(removeRecipient(text, a.recipient, { identities })).rejects.toMatchObject({ code: "no-recipients" });
  await expect(removeRecipient(text, b.recipient, { identities })).rejects.toMatchObject({ code: "invalid-recipient" });
  await expect(addRecipient(text, "age1xxxxxxxx", { identities })).rejects.toMatchObject({ code: "invalid-recipient" });
  await expect(addRecipient(text, b.recipient, { identities: [b.identity] })).rejects.toMatchObject({
    code: "no-identity-matches",
  });
  await expect(rotate(text, { identities, group: 1, add: [b.recipient] })).rejects.toThrow(TypeError);
  const groups = { recipients: [], keyGroups: [[a.recipient], [b.recipient]], shamirThreshold: 3 };
  await expect(encrypt({ x: 1 }, groups)).rejects.toMatchObject({ code: "invalid-config" });
});

describe("a tree", () => {
  async function tree(): Promise<string> {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "apps"));
    for (const name of ["one.yaml", "two.json", "apps/three.yaml"]) {
      writeFileSync(join(folder, name), await encrypt({ name }, { recipients: [a.recipient], file: name }));
    }
    writeFileSync(join(folder, "plain.yaml"), "a: 1\n");
    return folder;
  }
  const rule = (...recipients: string[]) => `creation_rules: [{age: [${recipients.join(", ")}]}]\n`;

  test("plan, apply, and nothing left to do", async () => {
    const folder = await tree();
    writeFileSync(join(folder, ".sops.yaml"), rule(a.recipient, b.recipient));
    writeFileSync(join(folder, "apps", ".sops.yaml"), rule(a.recipient));
    const before = readFileSync(join(folder, "apps/three.yaml"), "utf8");
    const plan = await planUpdateKeys(folder);
    expect(plan.updates.map(({ file, add, remove }) => [file, add, remove])).toEqual([
      [join(folder, "one.yaml"), [b.recipient], []],
      [join(folder, "two.json"), [b.recipient], []],
    ]);
    expect(plan.unchanged).toEqual([join(folder, "apps/three.yaml")]);
    let asked = 0;
    const { written, failed } = await plan.apply({ identities, onProgress: () => void asked++ });
    expect([written.length, failed, asked]).toEqual([2, [], 2]);
    expect(readFileSync(join(folder, "apps/three.yaml"), "utf8")).toBe(before);
    const again = await planUpdateKeys(folder);
    expect([again.updates, again.unchanged.length, again.problems]).toEqual([[], 3, []]);
  });

  test("an interruption leaves each file old or new; the next run goes on", async () => {
    const folder = await tree();
    writeFileSync(join(folder, ".sops.yaml"), rule(a.recipient, b.recipient));
    const controller = new AbortController();
    const plan = await planUpdateKeys(folder);
    const onProgress = (done: number) => done === 1 && controller.abort();
    await expect(plan.apply({ identities, signal: controller.signal, onProgress })).rejects.toThrow();
    const rest = await planUpdateKeys(folder);
    expect([rest.updates.length, rest.unchanged.length]).toEqual([2, 1]);
    expect((await rest.apply({ identities })).written.length).toBe(2);
  });

  test("files without a rule or a key are reported and do not stop the others", async () => {
    const folder = await tree();
    writeFileSync(join(folder, "other.yaml"), await encrypt({ x: 1 }, { recipients: [c.recipient] }));
    writeFileSync(join(folder, ".sops.yaml"), rule(a.recipient, b.recipient).replace("[{", "[{path_regex: ya?ml$, "));
    const plan = await planUpdateKeys(folder);
    expect(plan.problems.map(({ code, file }) => [code, file])).toEqual([
      ["no-matching-creation-rule", join(folder, "two.json")],
    ]);
    const { written, failed } = await plan.apply({ identities });
    expect(written.length).toBe(2);
    expect(failed).toMatchObject([{ code: "no-identity-matches", file: join(folder, "other.yaml") }]);
  });

  test("documents that show a SOPS file and leftovers of a killed write are no SOPS files; other keys are named", async () => {
    const folder = temporaryFolder();
    const text = await encrypt({ x: 1 }, { recipients: [a.recipient] });
    for (const name of ["guide.md", ".a.yaml.01234567-89-abcdef01.tmp"]) writeFileSync(join(folder, name), text);
    const pgp = "    pgp:\n        - enc: x\n          fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n";
    writeFileSync(join(folder, "pgp.yaml"), text.replace(/^ {4}unencrypted_suffix/m, `${pgp}$&`));
    writeFileSync(join(folder, ".sops.yaml"), rule(b.recipient));
    const plan = await planUpdateKeys(folder);
    expect([plan.unchanged, plan.problems]).toEqual([[], []]);
    const remove = [a.recipient, "pgp FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"];
    expect(plan.updates).toMatchObject([
      { file: join(folder, "pgp.yaml"), add: [b.recipient], remove, groups: [remove], wantedGroups: [[b.recipient]] },
    ]);
    const added = await addRecipient(readFileSync(join(folder, "pgp.yaml"), "utf8"), b.recipient, { identities });
    expect(added.text).toContain(pgp);
    await plan.apply({ identities });
    expect(readFileSync(join(folder, "pgp.yaml"), "utf8")).not.toMatch(/^ *pgp:/m);
    expect((await planUpdateKeys(folder)).updates).toEqual([]);
  });

  test("the report and the lost-key drill", async () => {
    const folder = await tree();
    const groups = { recipients: [], keyGroups: [[a.recipient], [b.recipient], [c.recipient]], shamirThreshold: 2 };
    writeFileSync(join(folder, "groups.yaml"), await encrypt({ x: 1 }, groups));
    writeFileSync(join(folder, "both.yaml"), await encrypt({ x: 1 }, { recipients: [a.recipient, b.recipient] }));
    const report = await reportKeys(folder, { offline: [b.recipient] });
    expect(report.recipients.get(a.recipient)?.length).toBe(5);
    const codes = report.diagnostics.map(({ code, file }) => [code, file?.slice(folder.length + 1)]);
    expect(codes).toEqual([
      ["sops/single-recipient", "apps/three.yaml"],
      ["sops/no-offline-recipient", "apps/three.yaml"],
      ["sops/no-offline-recipient", "groups.yaml"],
      ["sops/single-recipient", "one.yaml"],
      ["sops/no-offline-recipient", "one.yaml"],
      ["sops/single-recipient", "two.json"],
      ["sops/no-offline-recipient", "two.json"],
    ]);
    const drill = lostKeyDrill(report, [a.recipient]);
    expect([drill.lost.length, drill.exposed.length]).toEqual([3, 5]);
    expect(drill.open).toEqual([
      { file: join(folder, "both.yaml"), recipients: [b.recipient] },
      { file: join(folder, "groups.yaml"), recipients: [b.recipient, c.recipient] },
    ]);
  });

  test("rotateFile leaves the file as it was when it fails", async () => {
    const folder = await tree();
    const path = join(folder, "one.yaml");
    const before = readFileSync(path, "utf8");
    await expect(rotateFile(path, { identities: [b.identity] })).rejects.toMatchObject({ file: path });
    expect(readFileSync(path, "utf8")).toBe(before);
    await rotateFile(path, { identities });
    expect(readFileSync(path, "utf8")).not.toBe(before);
  });
});

test("a plan for one file, with the threshold of the file", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "one.txt");
  const groups = [[a.recipient], [b.recipient], [c.recipient]];
  const text = await encrypt(PLAIN, { recipients: [], keyGroups: groups, shamirThreshold: 3, format: "yaml" });
  writeFileSync(file, text);
  const config = parseSopsConfig(
    `creation_rules: [{shamir_threshold: 2, key_groups: [{age: [${a.recipient}]}, {age: [${c.recipient}]}, {age: [${b.recipient}]}]}]`,
    { file: join(folder, ".sops.yaml") },
  );
  for (const [threshold, expected] of [
    ["rule", 2],
    ["file", 3],
  ] as const) {
    const { updates } = await planUpdateKeys(file, { config, threshold, format: "yaml" });
    expect(updates).toMatchObject([{ file, regrouped: true, groups, shamirThreshold: 3 }]);
    expect(updates[0]?.wanted.shamirThreshold).toBe(expected);
  }
});

test("a binary file that is not text keeps its bytes when it is rotated", async () => {
  const bytes = Uint8Array.of(0, 255, 254, 10);
  const text = await encrypt(bytes, { recipients: [a.recipient], format: "binary" });
  const rotated = await rotate(text, { identities, format: "binary", add: [b.recipient] });
  const opened = await decrypt(rotated, { identities: [b.identity], format: "binary" });
  expect(Uint8Array.from(opened.bytes)).toEqual(bytes);
  expect(rotated.split('"')[3]).not.toBe(text.split('"')[3]);
});

test("a private key in the place of a recipient is in no message", async () => {
  const folder = temporaryFolder();
  const text = (await encrypt(PLAIN, { recipients: [a.recipient] })).replace(a.recipient, c.identity);
  writeFileSync(join(folder, "x.yaml"), text);
  const failure = await decrypt(text, { identities: [b.identity] }).catch((error: unknown) => String(error));
  const { diagnostics } = await reportKeys(folder);
  const said = JSON.stringify([failure, diagnostics]);
  expect(said).toContain("(a private key)");
  expect(said).not.toContain(c.identity);
});
