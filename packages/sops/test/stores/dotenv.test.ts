import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, readMetadata } from "../../src/index.ts";

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const format = "dotenv";

const PLAIN = `# the shop
export USER = "quoted"
TEXT=one\\ntwo
EMPTY=

EQUALS=a=b # not a comment
CR=x\r
 # a key=1
PORT_unencrypted=80
`;

describe("dotenv", () => {
  test("keys and values are what stands before and after the first =", async () => {
    const text = await encrypt(PLAIN, { recipients, format });
    const { data, text: back } = await decrypt(text, { identities, format });
    expect(data).toEqual({
      "export USER ": ' "quoted"',
      TEXT: "one\ntwo",
      EMPTY: "",
      EQUALS: "a=b # not a comment",
      CR: "x\r",
      " # a key": "1",
      PORT_unencrypted: "80",
    });
    expect(back).toBe(PLAIN);
    expect(text).not.toContain("the shop");
    expect(text).toMatch(/^EMPTY=\n\nEQUALS=ENC/m);
    expect(text).toMatch(/^sops_age__list_0__map_enc=-----BEGIN AGE ENCRYPTED FILE-----\\n/m);
    expect(readMetadata(text, { format }).age[0]?.recipient).toBe(recipient);
  });

  test("an edit changes its line, mac and lastmodified", async () => {
    const now = () => new Date("2030-01-01T00:00:00Z");
    const before = await encrypt(PLAIN, { recipients, format });
    const after = await edit(
      before,
      (doc) => {
        doc.set(["TEXT"], "three\nfour");
        doc.delete(["EMPTY"]);
        doc.set(["NEW"], "x");
      },
      { identities, format, now },
    );
    const gone = before.split("\n").filter((line) => !after.includes(line));
    expect(gone.map((line) => line.split("=")[0])).toEqual(["TEXT", "EMPTY", "sops_lastmodified", "sops_mac"]);
    expect((await decrypt(after, { identities, format })).text).toBe(
      `${PLAIN.replace("one\\ntwo", "three\\nfour").replace("EMPTY=\n", "")}NEW=x\n`,
    );
  });

  test.each([
    ["NAME", "invalid-dotenv"],
    ["sops_x=1", "reserved-key"],
    [{ a: { b: 1 } }, "unsupported-value"],
    [{ a: null }, "unsupported-value"],
    [{ a: "back\\nslash" }, "unsupported-value"],
    [{ "a=b": "1" }, "unsupported-value"],
    [{ sops_a: "1" }, "reserved-key"],
  ])("refuses %j", async (plain, code) => {
    await expect(encrypt(plain, { recipients, format })).rejects.toMatchObject({ code });
  });

  test("an empty file, and one without a line break at its end", async () => {
    expect((await decrypt(await encrypt("", { recipients, format }), { identities, format })).text).toBe("");
    expect((await decrypt(await encrypt("A=1", { recipients, format }), { identities, format })).text).toBe("A=1\n");
  });

  test("metadata with a gap or twice the same name is refused", async () => {
    const text = await encrypt("A=1\n", { recipients, format });
    const code = "invalid-metadata";
    const broken = [text.replaceAll("list_0", "list_1"), text.replace(/^sops_mac=.*$/m, "$&\n$&")];
    for (const one of broken) await expect(decrypt(one, { identities, format })).rejects.toMatchObject({ code });
  });
});
