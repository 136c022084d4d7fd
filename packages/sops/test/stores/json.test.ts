import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, encryptIfChanged, generateIdentity, readMetadata } from "../../src/index.ts";
import { noSops, sops, temporaryFolder } from "../helpers.ts";

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const format = "json";

const PLAIN = `{
  "name": "shop", "nested": {"list": [1, 2.50, true, null, "<&>"], "empty": {}},
  "big": 9223372036854775807,

  "note_unencrypted" : 1.0
}
`;

describe("JSON", () => {
  test("keeps its layout both ways", async () => {
    const text = await encrypt(PLAIN, { recipients, format });
    // With its quotes: four letters alone may stand in a ciphertext.
    expect(text).not.toContain('"shop"');
    expect(text).toContain('"note_unencrypted" : 1.0,\n  "sops": {\n    "age": [');
    const { text: back, data } = await decrypt(text, { identities, format });
    expect(back).toBe(PLAIN.replace("2.50", "2.5").replace("<&>", "\\u003c\\u0026\\u003e"));
    expect(data["big"]).toBe(9223372036854775807n);
    expect(readMetadata(text, { file: "a.json" }).selection.unencryptedSuffix).toBe("_unencrypted");
  });

  test.each(["{}", '{"a":1}', '{ "a": 1 }\n', '{\n\t"a": [\n\t]\n}\n', '{"sops_":{"sops":1}}'])(
    "%j comes back byte for byte",
    async (plain) => {
      const text = await encrypt(plain, { recipients, format });
      expect((await decrypt(text, { identities, format })).text).toBe(plain);
    },
  );

  test("an edit leaves every other byte alone", async () => {
    const before = await encrypt(PLAIN, { recipients, format });
    const after = await edit(
      before,
      (doc) => {
        doc.set(["name"], "store");
        doc.set(["nested", "list", 5], { x: 1 });
        doc.delete(["big"]);
        doc.set(["added"], [1]);
      },
      { identities, format },
    );
    const plain = (await decrypt(after, { identities, format })).text;
    expect(plain).toBe(`{
  "name": "store", "nested": {"list": [1, 2.5, true, null, "\\u003c\\u0026\\u003e", {
    "x": 1
  }], "empty": {}},

  "note_unencrypted" : 1.0,
  "added": [
    1
  ]
}
`);
    const same = (text: string, key: string) => new RegExp(`"${key}".*`).exec(text)?.[0];
    expect(same(after, "empty")).toBe(same(before, "empty"));
    expect(await edit(after, () => undefined, { identities, format })).toBe(after);
  });

  test("every element can go, and the first", async () => {
    const before = await encrypt('{"a": [1, 2, 3], "b": {"c": 1}}', { recipients, format });
    const change = async (path: (string | number)[]) =>
      (await decrypt(await edit(before, (doc) => doc.delete(path), { identities, format }), { identities, format }))
        .text;
    expect(await change(["a", 0])).toBe('{"a": [2, 3], "b": {"c": 1}}');
    expect(await change(["a", 2])).toBe('{"a": [1, 2], "b": {"c": 1}}');
    expect(await change(["b", "c"])).toBe('{"a": [1, 2, 3], "b": {}}');
    expect(await change(["a"])).toBe('{"b": {"c": 1}}');
  });

  test("encryptIfChanged keeps the bytes of equal data", async () => {
    const options = { recipients, identities, file: "x.json" };
    const first = await encryptIfChanged(undefined, { a: 1, b: "x" }, options);
    expect(await encryptIfChanged(first, { a: 1, b: "x" }, options)).toBe(first);
    const next = await encryptIfChanged(first, { a: 1, b: "y" }, options);
    expect((await decrypt(next, options)).data).toEqual({ a: 1, b: "y" });
  });

  test.each([
    ["[1]", "invalid-json"],
    ['{"a": 1,}', "invalid-json"],
    ['{"a": 01}', "invalid-json"],
    ['{"a": 1e999}', "invalid-json"],
    ['{"a": "\t"}', "invalid-json"],
    ['{"a": "\\x"}', "invalid-json"],
    ['{"a": 1} x', "invalid-json"],
    [`${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`, "invalid-json"],
    ['{"sops": 1}', "reserved-key"],
  ])("refuses %.20j", async (text, code) => {
    await expect(encrypt(text, { recipients, format })).rejects.toMatchObject({ code });
  });

  test("refuses what it cannot hold", async () => {
    await expect(encrypt({ a: Number.NaN }, { recipients, format })).rejects.toMatchObject({
      code: "unsupported-value",
      path: "a",
    });
    await expect(encrypt([{}, {}], { recipients, format })).rejects.toMatchObject({ code: "unsupported-value" });
    await expect(encrypt("{}", { recipients, format: "toml" as "json" })).rejects.toThrow(TypeError);
  });

  test.skipIf(noSops !== undefined)("sops 3.12.2 reads ours, and we read what it writes", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "file.json");
    writeFileSync(path, await encrypt(PLAIN, { recipients, format }));
    const theirs = sops(["decrypt", "file.json"], identity, folder);
    expect(theirs.stderr).toBe("");
    expect(JSON.parse(theirs.stdout)).toEqual(JSON.parse(PLAIN));
    writeFileSync(join(folder, "plain.json"), PLAIN.replace("9223372036854775807", "7"));
    const { stdout } = sops(["encrypt", "--age", recipient, "plain.json"], identity, folder);
    expect((await decrypt(stdout, { identities, format })).data).toEqual(
      JSON.parse(PLAIN.replace("9223372036854775807", "7")),
    );
  });
});
