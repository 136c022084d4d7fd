import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, readMetadata, type SopsErrorCode } from "../src/index.ts";
import { open } from "../src/internal/envelope.ts";
import { VECTOR_KEY, vector } from "./helpers.ts";

const identities = [VECTOR_KEY];
const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const own = { identities: [identity] };
const dataOf = async (text: string) => (await decrypt(text, { identities })).data;
const failsWith = async (text: string, code: SopsErrorCode) =>
  expect(decrypt(text, { identities })).rejects.toMatchObject({ code });
const refuses = async (text: string, code: SopsErrorCode, format: "yaml" | "dotenv" | "json" = "yaml") =>
  expect(encrypt(text, { recipients, format })).rejects.toMatchObject({ code });
const envelopes = (text: string) => text.match(/ENC\[[^\]]*\]/g) ?? [];

const YAML = "generated/sops-3.13.3";
const OLD = "generated/sops-3.12.2";

/** Each trap of the format with the file that holds it, and what must become of it. */
const TRAPS: readonly (readonly [string, string, (text: string) => Promise<unknown>])[] = [
  // Values
  [
    "IVs have 32 bytes",
    `${YAML}/comments.yaml`,
    async (text) => {
      for (const one of envelopes(text))
        expect(Buffer.from(/iv:([^,]*)/.exec(one)?.[1] ?? "", "base64")).toHaveLength(32);
      expect(await dataOf(text)).toBeTypeOf("object");
    },
  ],
  [
    "IVs of any length are read",
    "throw-away-keys.txt",
    async () => {
      const [key, iv] = [randomBytes(32), randomBytes(12)];
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      cipher.setAAD(Buffer.from("a:"));
      const data = Buffer.concat([cipher.update("x"), cipher.final()]).toString("base64");
      const [ivText, tag] = [iv, cipher.getAuthTag()].map((bytes) => bytes.toString("base64"));
      expect(open(`ENC[AES256_GCM,data:${data},iv:${ivText},tag:${tag},type:str]`, key, "a:")).toMatchObject({
        value: "x",
      });
    },
  ],
  [
    "every type, floats without exponents, times with their offset",
    `${YAML}/every-type.yaml`,
    async (text) => {
      const { text: plain } = await decrypt(text, { identities, emit: "sops" });
      expect(plain).toBe(vector(`${YAML}/every-type.decrypted`));
    },
  ],
  [
    "the empty string and null are not encrypted",
    `${YAML}/empty-and-null.yaml`,
    async (text) => {
      const values = JSON.stringify(await dataOf(text));
      expect(values).toMatch(/""/);
      expect(values).toMatch(/null/);
      expect(text).toMatch(/: ""$/m);
      expect(text).toMatch(/: null$/m);
    },
  ],
  ["an integer above int64 is refused", "traps/integer-above-int64.txt", (text) => refuses(text, "unsupported-yaml")],
  [
    "one above uint64 is a float",
    "traps/integer-above-uint64.txt",
    async (text) => {
      expect((await decrypt(await encrypt(text, { recipients }), own)).data).toEqual({ a: 2 ** 64 });
    },
  ],
  ["a key that is no string is refused", "traps/integer-key.txt", (text) => refuses(text, "unsupported-yaml")],
  // Additional data
  [
    "elements of a list share their additional data, the MAC has the order",
    `${YAML}/list-elements-share-aad.yaml`,
    async (text) => {
      const [first = "", second = ""] = envelopes(text);
      await failsWith(text.replace(first, "X").replace(second, first).replace("X", second), "mac-mismatch");
    },
  ],
  [
    "a colon in a key is no level",
    `${YAML}/key-with-colon.yaml`,
    async (text) => {
      const { text: plain } = await decrypt(text, { identities, emit: "sops" });
      expect(plain).toBe(vector(`${YAML}/key-with-colon.decrypted`));
    },
  ],
  // MAC
  [
    "neither keys nor separators: a byte may move between two plain values",
    "throw-away-keys.txt",
    async () => {
      const text = await encrypt("a_unencrypted: xy\nb_unencrypted: z\n", { recipients });
      const moved = text.replace("xy", "x").replace("b_unencrypted: z", "b_unencrypted: yz");
      expect((await decrypt(moved, own)).macVerified).toBe(true);
      expect((await decrypt(text.replace("b_unencrypted", "c_unencrypted"), own)).macVerified).toBe(true);
    },
  ],
  [
    "mac_only_encrypted: plain values may change, and the MAC is another one",
    `${YAML}/mac-only-encrypted.yaml`,
    async (text) => {
      expect(readMetadata(text).macOnlyEncrypted).toBe(true);
      expect(await dataOf(text.replace(/^kind: .*/m, "kind: Changed"))).toMatchObject({ kind: "Changed" });
      await failsWith(text.replace(/^ +mac_only_encrypted: true\n/m, ""), "mac-mismatch");
    },
  ],
  [
    "the time is authenticated as RFC 3339 in UTC, however it is spelled",
    "layouts/3.13.yaml",
    async (text) => {
      expect(await dataOf(text.replace(/(lastmodified: ".*)Z"/, '$1.123+00:00"'))).toMatchObject({ user: "web" });
      await failsWith(text.replace(/(lastmodified: "\d{3})\d/, "$10"), "mac-mismatch");
    },
  ],
  ["no MAC", "layouts/3.11-no-mac.yaml", (text) => failsWith(text, "missing-mac")],
  ["comments of lists are outside the MAC", `${YAML}/list-comments.yaml`, dataOf],
  // Keys
  [
    "one age file per recipient",
    `${YAML}/two-recipients.yaml`,
    async (text) => {
      expect(text.match(/BEGIN AGE/g)).toHaveLength(2);
      expect(await dataOf(text)).toBeTypeOf("object");
    },
  ],
  ["hybrid post-quantum keys", `${YAML}/post-quantum.yaml`, dataOf],
  [
    "key groups need as many keys as the threshold says",
    `${YAML}/key-groups.yaml`,
    async (text) => {
      const [one = ""] = VECTOR_KEY.match(/^AGE-.*$/gm) ?? [];
      expect(await dataOf(text)).toBeTypeOf("object");
      await expect(decrypt(text, { identities: [one] })).rejects.toMatchObject({ code: "no-identity-matches" });
    },
  ],
  [
    "keys at the top win over groups",
    "layouts/3.11.yaml",
    async (text) => {
      const both = text.replace("sops:\n", "sops:\n    key_groups:\n        - age: []\n        - age: []\n");
      expect(await dataOf(both)).toMatchObject({ user: "web" });
    },
  ],
  // Selection
  ["a suffix counts on every key of the path", `${YAML}/suffixes.yaml`, dataOf],
  [
    "no rule means the suffix _unencrypted",
    "layouts/3.11-no-selection.yaml",
    async (text) => {
      expect(await dataOf(text)).toEqual({ user: "web", plain_unencrypted: "x" });
    },
  ],
  [
    "a pattern RE2 rejects is refused, sops would write plaintext",
    `${YAML}/encrypted-regex.yaml`,
    async (text) => {
      await failsWith(text.replace(/encrypted_regex: .*/, "encrypted_regex: (?=x)secret"), "invalid-regex");
    },
  ],
  [
    "comments at the top stay plain when a pattern selects",
    `${YAML}/encrypted-regex.yaml`,
    async (text) => {
      expect(text.match(/^#(?!ENC)/m)?.[0] ?? "#").toBe("#");
      expect(await dataOf(text)).toBeTypeOf("object");
    },
  ],
  [
    "a comment that decides, decides for all below it",
    "traps/comment-rule-goes-below.txt",
    async (text) => {
      const encrypted = await encrypt(text, { recipients, unencryptedCommentRegex: "sops:plain" });
      expect(encrypted).toMatch(/b: deep/);
      expect(encrypted).toMatch(/c: ENC/);
    },
  ],
  [
    "encrypted_comment_regex leaves its own comment readable",
    `${YAML}/encrypted-comment-regex.yaml`,
    async (text) => {
      expect(text).toMatch(/# ?sops:enc/);
      await dataOf(text);
    },
  ],
  [
    "decryption follows the rule: a plain value it selects",
    `${YAML}/encrypted-regex.yaml`,
    async (text) => {
      const [, , one = ""] = envelopes(text);
      await failsWith(text.replace(one, "plain"), "value-not-encrypted");
    },
  ],
  [
    "decryption follows the rule: an envelope it excludes",
    `${YAML}/encrypted-regex.yaml`,
    (text) => failsWith(text.replace(/encrypted_regex: .*/, "encrypted_regex: ^nothing$"), "mac-mismatch"),
  ],
  // YAML
  [
    "anchors are copied, merge keys are keys",
    `${YAML}/anchors-and-merge.yaml`,
    async (text) => {
      expect(text).toContain("!!merge <<:");
      expect((await decrypt(text, { identities, emit: "sops" })).text).toBe(
        vector(`${YAML}/anchors-and-merge.decrypted`),
      );
    },
  ],
  ["an alias of itself", "traps/alias-of-itself.txt", (text) => refuses(text, "unsupported-yaml")],
  [
    "scalars as go-yaml reads them, printed canonically",
    "traps/scalars-of-go.txt",
    async (text) => {
      const back = await decrypt(await encrypt(text, { recipients, emit: "sops" }), { ...own, emit: "sops" });
      expect(back.text).toBe(
        'a: 511\nb: "yes"\nc: 1000\nd: 1e+21\ne: 1\nf: 2024-01-02T00:00:00Z\ng: .inf\nh: 31\ni: null\n',
      );
    },
  ],
  [
    "each document has its own copy of the metadata",
    `${YAML}/multi-document.yaml`,
    async (text) => {
      const { documents } = await decrypt(text, { identities });
      expect(text.match(/^sops:/gm)).toHaveLength(documents.length);
    },
  ],
  ["a list at the top", "traps/list-at-the-top.txt", (text) => refuses(text, "unsupported-yaml")],
  ["a scalar at the top", "traps/scalar-at-the-top.txt", (text) => refuses(text, "unsupported-yaml")],
  ["a key that occurs twice", "traps/duplicate-key.txt", (text) => refuses(text, "invalid-yaml")],
  ["a key named sops", "traps/key-named-sops.txt", (text) => refuses(text, "reserved-key")],
  [
    "comments of lists are elements, or comments",
    `${OLD}/list-comments.yaml`,
    async (text) => {
      expect(text).toMatch(/- ENC\[[^\]]*type:comment\]/);
      expect((await decrypt(text, { identities })).text).toMatch(/^ *# /m);
    },
  ],
  ["inline comments move above the line up to 3.12", `${OLD}/comments.yaml`, dataOf],
  ["a bare time in the metadata", "layouts/3.11-bare-time.yaml", dataOf],
  ["lists that are null", "layouts/3.7-null-lists.yaml", dataOf],
  [
    "booleans and numbers as text",
    "layouts/3.8-key-groups.yaml",
    async (text) => {
      expect(readMetadata(text).shamirThreshold).toBe(2);
      expect(await dataOf(text)).toEqual({ user: "web" });
    },
  ],
  // The other stores
  [
    "JSON: integers are exact, Go's escapes",
    "traps/numbers.json",
    async (text) => {
      const encrypted = await encrypt(text, { recipients, format: "json", unencryptedRegex: "." });
      const { data, text: plain } = await decrypt(encrypted, { ...own, format: "json", emit: "sops" });
      expect(data["a"]).toBe(9007199254740993n);
      expect(plain).toBe(
        '{\n\t"a": 9007199254740993,\n\t"b": 1,\n\t"c": "\\u003c\\u2028\\u003e",\n\t"d": {},\n\t"e": []\n}\n',
      );
    },
  ],
  [
    "JSON: up to 3.13.1 every number is a float",
    "generated/stores-3.12.2/types.json",
    async (text) => {
      expect(text).toContain("type:float");
      expect((await decrypt(text, { identities, format: "json" })).macVerified).toBe(true);
    },
  ],
  [
    "binary: an envelope without a rule",
    "layouts/3.11.bin",
    async (text) => {
      expect((await decrypt(text, { identities, format: "binary" })).text).toBe("any bytes\n");
    },
  ],
  [
    "dotenv: keys and values as they stand, one escape",
    "traps/lines.env",
    async (text) => {
      const { data } = await decrypt(await encrypt(text, { recipients, format: "dotenv" }), {
        ...own,
        format: "dotenv",
      });
      expect(data).toEqual({ "export A": "1", "B ": ' "x" ', C: "a\nb", " #d": "1" });
      await refuses("no equals sign\n", "invalid-dotenv", "dotenv");
    },
  ],
  [
    "INI: metadata with escaped line breaks",
    "layouts/3.7.ini",
    async (text) => {
      expect((await decrypt(text, { identities, format: "ini" })).macVerified).toBe(true);
    },
  ],
  [
    "INI: metadata with raw line breaks, 3.13.0 and 3.13.1",
    "layouts/3.13.1-raw-lines.ini",
    async (text) => {
      expect((await decrypt(text, { identities, format: "ini" })).macVerified).toBe(true);
    },
  ],
  // Editing
  [
    "equal elements keep their own envelopes, sops gives all the last one",
    "traps/equal-elements.txt",
    async (text) => {
      const before = await encrypt(text, { recipients });
      const after = await edit(before, (doc) => doc.set(["b"], 1), own);
      expect(envelopes(after).slice(0, 3)).toEqual(envelopes(before).slice(0, 3));
    },
  ],
  [
    "only an edit that changes something writes",
    "layouts/3.13.yaml",
    async (text) => {
      expect(await edit(text, (doc) => doc.set(["user"], "web"), { identities })).toBe(text);
    },
  ],
  [
    "nothing but an empty string",
    "traps/only-empty.txt",
    async (text) => {
      const encrypted = await encrypt(text, { recipients });
      expect(envelopes(encrypted)).toHaveLength(1);
      expect((await decrypt(encrypted, own)).data).toEqual({ empty: "" });
    },
  ],
];

describe("traps of the format", () => {
  test.each(TRAPS)("%s (%s)", async (_trap, fixture, holds) => {
    await holds(vector(fixture));
  });
});
