import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity } from "../../src/index.ts";
import { IniParser } from "../../src/stores/parse-ini.ts";

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const format = "ini";

const PLAIN = `top = 1

; about the database
[database]
; who
user     = web
password = \`a;b#c\`
path     = "  spaces  "
text     = """one
two"""
k:v      = 1
`.replace("k:v      = 1", "`k:v`    = 1");

describe("INI", () => {
  test("sections, comments and quotes", async () => {
    const text = await encrypt(PLAIN, { recipients, format });
    const back = await decrypt(text, { identities, format });
    expect(back.data).toEqual({
      DEFAULT: { top: "1" },
      database: { user: "web", password: "a;b#c", path: "  spaces  ", text: "one\ntwo", "k:v": "1" },
    });
    expect(back.text).toBe(PLAIN);
    // With their marks: three letters alone may stand in a ciphertext by chance.
    expect(text).not.toMatch(/[;#] (?:who|about)/);
    expect(text).toMatch(/^\[sops\]\nage__list_0__map_enc {7}= -----BEGIN AGE ENCRYPTED FILE-----\\n/m);
  });

  test.each([
    ["[s]\na=1 ; beside\n", { a: "1" }, "beside"],
    ["[s]\n# one\n; two\na=1\n", { a: "1" }, "one\n; two"],
    ["[s]\na=one\\\n  two\n", { a: "onetwo" }, undefined],
    ["[s]\na='q'\nb=\"q\"\nc=`q`\nd='a'b'\n", { a: "q", b: "q", c: "q", d: "'a'b'" }, undefined],
    ["[s]\na=1\na=2\n", { a: "2" }, undefined],
    ["\ufeff[s]\r\na=1\r\n", { a: "1" }, undefined],
    ['[s]\n"a"=1\n"""b="""=2\n', { a: "1", "b=": "2" }, undefined],
  ])("%j", async (text, expected, comment) => {
    const { data } = await decrypt(await encrypt(text, { recipients, format }), { identities, format });
    expect(data["s"]).toEqual(expected);
    const section = new IniParser(text).document().items[1];
    const comments = section?.kind === "entry" && section.value.kind === "map" ? section.value.items : [];
    expect(comments.find((item) => item.kind === "comment")?.text).toBe(comment);
  });

  test("an edit keeps the other values, and comments with their keys", async () => {
    const before = await encrypt("[s]\n; one\na = 1\n; two\nb = 2\n", { recipients, format });
    const after = await edit(
      before,
      (doc) => {
        doc.delete(["s", "a"]);
        doc.set(["s", "c"], 3);
        doc.set(["t", "d"], "x");
      },
      { identities, format },
    );
    expect(/^b = (.*)$/m.exec(after)?.[1]).toBe(/^b = (.*)$/m.exec(before)?.[1]);
    expect((await decrypt(after, { identities, format })).text).toBe("[s]\n; two\nb = 2\nc = 3\n\n[t]\nd = x\n");
  });

  test.each([
    ["[s\n", "invalid-ini"],
    ["[s]\nname\n", "invalid-ini"],
    ["[s]\n=1\n", "invalid-ini"],
    ["[s]\n- = 1\n", "invalid-ini"],
    ['[s]\na = """x\n', "invalid-ini"],
    ["[sops]\na = 1\n", "reserved-key"],
    [{ a: "1" }, "unsupported-value"],
    [{ s: { a: { b: "1" } } }, "unsupported-value"],
    [{ s: { "#a": "1" } }, "unsupported-value"],
  ])("refuses %j", async (plain, code) => {
    await expect(encrypt(plain, { recipients, format })).rejects.toMatchObject({ code });
  });
});
