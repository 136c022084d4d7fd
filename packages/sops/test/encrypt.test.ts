import { describe, expect, test } from "vitest";
import {
  decrypt,
  edit,
  encrypt,
  encryptIfChanged,
  generateIdentity,
  type Plaintext,
  readMetadata,
  removeRecipient,
  rotate,
  type Selection,
  SopsError,
  type SopsValue,
} from "../src/index.ts";
import { unwrapDataKey } from "../src/internal/data-key.ts";
import { VECTOR_KEY, vector } from "./helpers.ts";

const key = await generateIdentity();
const other = await generateIdentity();
const recipients = [key.recipient];
const identities = [key.identity];

describe("encrypt", () => {
  test("the sops block has the layout of 3.13", async () => {
    const text = await encrypt(
      { a: "x" },
      { recipients, encryptedRegex: "^a$", macOnlyEncrypted: true, now: () => new Date(0) },
    );
    const block = text
      .slice(text.indexOf("sops:"))
      .replace(/ENC\[.*\]/, "…")
      .replace(/^ {12}[^-].*\n/gm, "");
    expect(block).toBe(`sops:
    age:
        - enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            -----END AGE ENCRYPTED FILE-----
          recipient: ${key.recipient}
    encrypted_regex: ^a$
    lastmodified: "1970-01-01T00:00:00Z"
    mac: …
    mac_only_encrypted: true
    version: 3.13.3
`);
  });

  test("text keeps its layout; only envelopes and the block are new", async () => {
    const plain =
      '---\n# kept\n\napiVersion: v1   # kept, too\nkind: Secret\nstringData: {a: "x, y",  b: z}\n\nother: [1,2]\n';
    const text = await encrypt(plain, { recipients, encryptedRegex: "^(data|stringData)$" });
    expect(text.slice(0, text.indexOf("sops:")).replace(/"ENC\[.*?\]"/g, "…")).toBe(
      plain.replace('"x, y"', "…").replace(" z}", " …}"),
    );
    expect((await decrypt(text, { identities })).text).toBe(plain);
  });

  test("an indented root, a text without a final line break, CRLF and an empty text", async () => {
    for (const plain of [
      "  a: 1\n  b: 2\n",
      "a: 1",
      "a: |\n  x",
      "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
      "# only a comment\n",
      "---\na: 1\n...\n---\nb: 2\n",
    ]) {
      const text = await encrypt(plain, { recipients });
      const { documents } = await decrypt(text, { identities });
      const again = await decrypt(await encrypt((await decrypt(text, { identities })).text, { recipients }), {
        identities,
      });
      expect(again.documents).toEqual(documents);
    }
    const block = await decrypt(await encrypt("a: |\n  x", { recipients }), { identities });
    expect(block.data).toEqual({ a: "x" });
  });

  test("a byte order mark is on no line: the file reads back, and so does every change of it", async () => {
    for (const plain of [
      "\ufeffa: 1\nb: 2\n",
      "\ufeff# c\na: 1\n",
      "\ufeffa:\n  b: 2\n",
      "\ufeffl:\n- a: 1\n  b: 2\n",
    ]) {
      const text = await encrypt(plain, { recipients });
      expect(text).toMatch(/^sops:$/m);
      expect((await decrypt(text, { identities })).text).toBe(plain);
      const added = await edit(text, (doc) => doc.set(["z"], 5), { identities });
      expect((await decrypt(await rotate(added, { identities }), { identities })).text).toBe(`${plain}z: 5\n`);
    }
    await expect(encrypt("\ufeffa: *x\n", { recipients })).rejects.toMatchObject({ line: 1, column: 4 });
  });

  test("half of a surrogate pair is refused, as sops does: UTF-8 cannot hold it", async () => {
    for (const plain of ['a: "\\ud800"\n', '"\\udc00": 1\n']) {
      await expect(encrypt(plain, { recipients })).rejects.toMatchObject({ code: "unsupported-yaml", line: 1 });
    }
  });

  test("aliases are expanded in one walk, and refused where nearly all is a copy", async () => {
    const many = `a: &x {k: 1}\nb: [${"*x,".repeat(2000)}]\n`;
    await expect(encrypt(`${many}c: [${"x,".repeat(200)}]\n`, { recipients })).resolves.toContain("sops:");
    const laugh = [..."bcdefgh"].map((name, at) => `${name}: &${name} [${`*${"abcdefgh"[at]},`.repeat(9)}]\n`);
    for (const leaf of ["x", "[]"]) {
      const text = `a: &a [${`${leaf},`.repeat(9)}]\n${laugh.join("")}`;
      await expect(encrypt(text, { recipients })).rejects.toMatchObject({ code: "unsupported-yaml" });
    }
  });

  test("what is nested too deeply is refused, and nothing overflows", async () => {
    const deep = ["[".repeat(20_000), `${"[".repeat(10_000)}${"]".repeat(10_000)}`, `${"{".repeat(20_000)}`];
    const texts = [
      ...deep.map((value) => `a: ${value}\n`),
      `${"? ".repeat(20_000)}x\n`,
      `a:\n${"- ".repeat(20_000)}x\n`,
      `${Array.from({ length: 900 }, (_, at) => `${" ".repeat(at)}a:\n`).join("")}`,
    ];
    for (const text of texts) {
      const error = await encrypt(text, { recipients }).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(SopsError);
    }
    const flat = `sops_${"a__list_0__map_".repeat(5000)}x=1\nsops_mac=x\n`;
    await expect(decrypt(flat, { format: "dotenv" })).rejects.toMatchObject({ code: "invalid-metadata" });
  });

  test("anchors, aliases and merge keys are expanded, as sops does", async () => {
    const { data } = await decrypt(await encrypt("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n", { recipients }), {
      identities,
    });
    expect(data).toEqual({ a: { k: 1 }, b: { k: 1 }, c: { "<<": { k: 1 } } });
  });

  test("every recipient can open the file alone", async () => {
    const text = await encrypt({ a: 1 }, { recipients: [key.recipient, ` ${other.recipient} `, key.recipient] });
    for (const one of [key, other])
      expect((await decrypt(text, { identities: [one.identity] })).data).toEqual({ a: 1 });
    expect(text.match(/recipient:/g)).toHaveLength(2);
  });

  test("an IV is never used twice", async () => {
    const text = await encrypt({ list: Array.from({ length: 50 }, () => "same") }, { recipients });
    const ivs = [...text.matchAll(/iv:([^,]+)/g)].map((match) => match[1]);
    expect(new Set(ivs).size).toBe(ivs.length);
    expect(ivs.every((iv) => Buffer.from(iv ?? "", "base64").length === 32)).toBe(true);
  });

  test.each<[string, Plaintext, Selection & { recipients?: string[] }]>([
    ["already-encrypted", vector("generated/sops-3.12.2/suffixes.yaml"), {}],
    ["reserved-key", "sops: mine\n", {}],
    ["invalid-yaml", "a: [", {}],
    ["invalid-yaml", "a: 1\na: 2\n", {}],
    ["unsupported-yaml", "- a\n", {}],
    ["unsupported-yaml", "just text\n", {}],
    ["unsupported-yaml", "1: a\n", {}],
    ["unsupported-yaml", "true: a\n", {}],
    ["unsupported-yaml", "? [a]\n: b\n", {}],
    ["unsupported-yaml", "a: 18446744073709551615\n", {}],
    ["unsupported-yaml", "a: &x\n  b: *x\n", {}],
    ["unsupported-value", { a: Symbol("x") as unknown as SopsValue }, {}],
    ["unsupported-value", { a: new Map() as unknown as SopsValue }, {}],
    ["unsupported-value", { a: 2n ** 63n }, {}],
    ["unsupported-value", { a: "\ud800" }, {}],
    ["no-recipients", "a: 1\n", { recipients: [] }],
    ["invalid-recipient", "a: 1\n", { recipients: ["age1qqqq"] }],
    ["invalid-recipient", "a: 1\n", { recipients: ["ssh-ed25519 AAAA"] }],
    ["invalid-regex", "a: 1\n", { encryptedRegex: "(?=x)secret" }],
    ["invalid-regex", "a: 1\n", { unencryptedRegex: "(" }],
    ["conflicting-selection", "a: 1\n", { encryptedRegex: "a", encryptedSuffix: "b" }],
  ])("refuses: %s (%o)", async (code, plain, options) => {
    await expect(encrypt(plain, { recipients, ...options })).rejects.toMatchObject({ code });
  });

  test("a private key given as recipient is not repeated in the error", async () => {
    const failure = await encrypt({ a: 1 }, { recipients: [key.identity] }).catch((error: Error) => error);
    expect(String(failure)).toContain("private key");
    expect(String(failure)).not.toContain(key.identity);
  });
});

describe("encryptIfChanged", () => {
  const options = { recipients, identities, unencryptedSuffix: "_plain" };
  const data = { a: "one", b: { c: 2, d: [true, null] }, e_plain: "x" };

  test("returns the previous text for the same values", async () => {
    const first = await encryptIfChanged(undefined, data, options);
    expect(await encryptIfChanged(first, structuredClone(data), options)).toBe(first);
    expect(await encryptIfChanged(first, "a: one\nb:\n  c: 2\n  d: [true, ~]\ne_plain: x\n", options)).toBe(first);
    const commented = await encrypt("# by hand\na: one\nb:\n  c: 2\n  d: [true, null]\ne_plain: x\n", options);
    expect(await encryptIfChanged(commented, data, options)).toBe(commented);
  });

  test("keeps the layout when values differ", async () => {
    const first = await encrypt("# by hand\na: one # first\n\nb: {c: 2, d: [true, null]}\ne_plain: x\n", options);
    const second = await encryptIfChanged(first, { ...data, a: "two" }, { ...options, now: () => new Date(0) });
    const plain = "# by hand\na: two # first\n\nb: {c: 2, d: [true, null]}\ne_plain: x\n";
    expect((await decrypt(second, { identities })).text).toBe(plain);
    const text = await encryptIfChanged(second, plain.replace("one", "three"), options);
    expect((await decrypt(text, { identities })).text).toBe(plain.replace("one", "three"));
  });

  test("seals nothing new under a data key that whoever wrote the previous text may know", async () => {
    const known = await encrypt(data, { ...options, recipients: [other.recipient, ...recipients] });
    const { text: planted } = await removeRecipient(known, other.recipient, { identities: [other.identity] });
    const dataKey = (text: string) => unwrapDataKey(readMetadata(text), { identities });
    expect(await dataKey(planted)).toEqual(await dataKey(known));
    for (const plaintext of [{ ...data, a: "canary" }, "a: canary\nb: {c: 2, d: [true, null]}\ne_plain: x\n"]) {
      const text = await encryptIfChanged(planted, plaintext, options);
      expect(await dataKey(text)).not.toEqual(await dataKey(known));
      expect((await decrypt(text, { identities })).data).toEqual({ ...data, a: "canary" });
    }
  });

  test.each([
    ["other recipients", { recipients: [key.recipient, other.recipient] }],
    ["another rule", { unencryptedSuffix: "_other" }],
    ["another kind of rule", { unencryptedSuffix: undefined, encryptedRegex: "." }],
    ["mac over encrypted values only", { macOnlyEncrypted: true }],
  ])("encrypts anew for %s", async (_, change) => {
    const first = await encryptIfChanged(undefined, data, options);
    const second = await encryptIfChanged(first, data, { ...options, ...change });
    const envelopes = (text: string): string[] => text.match(/ENC\[.*?\]/g) ?? [];
    expect(envelopes(second).filter((envelope) => envelopes(first).includes(envelope))).toEqual([]);
    expect((await decrypt(second, { identities })).data).toEqual(data);
  });

  test("does not sign over a forged file, and says when it cannot look inside", async () => {
    const first = await encryptIfChanged(undefined, data, options);
    await expect(encryptIfChanged(first.replace("e_plain: x", "e_plain: y"), data, options)).rejects.toMatchObject({
      code: "mac-mismatch",
    });
    await expect(encryptIfChanged(first, data, { ...options, identities: [VECTOR_KEY] })).rejects.toMatchObject({
      code: "no-identity-matches",
    });
  });
});
