import { inspect } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { type AgeIdentity, decrypt, encrypt, generateIdentity, readMetadata, SopsError } from "../src/index.ts";
import { VECTOR_KEY, vector } from "./helpers.ts";

let key: AgeIdentity;
let encrypted: string;
let identities: string[];

const PLAIN = "open_unencrypted: visible\nsecret: canary-7f3a # canary-comment\nlist: [canary-one, canary-two]\n";

beforeAll(async () => {
  key = await generateIdentity();
  identities = [key.identity];
  encrypted = await encrypt(PLAIN, { recipients: [key.recipient] });
});

async function failureOf(text: string, options = {}): Promise<SopsError> {
  const result = await decrypt(text, { identities, file: "secrets.yaml", ...options }).catch((error: unknown) => error);
  if (result instanceof SopsError) return result;
  throw new Error(`expected a SopsError, got ${inspect(result)}`);
}

test("gives the data, the text with its layout, and what the sops block says", async () => {
  const { data, text, metadata, macVerified } = await decrypt(encrypted, { identities });
  expect(data).toEqual({ open_unencrypted: "visible", secret: "canary-7f3a", list: ["canary-one", "canary-two"] });
  expect(text).toBe(PLAIN);
  expect(macVerified).toBe(true);
  expect(metadata).toEqual(readMetadata(encrypted));
  expect(metadata.age.map(({ recipient }) => recipient)).toEqual([key.recipient]);
  expect(metadata.selection).toEqual({ unencryptedSuffix: "_unencrypted" });
});

test("big integers stay exact, timestamps are dates", async () => {
  const text = await encrypt("big: 9007199254740993\nsmall: 12\ntime: 2024-01-02T03:04:05+02:00\n", {
    recipients: [key.recipient],
  });
  const result = await decrypt(text, { identities });
  expect(result.data).toEqual({ big: 9007199254740993n, small: 12, time: new Date("2024-01-02T01:04:05Z") });
  expect(result.text).toContain("time: 2024-01-02T03:04:05+02:00\n");
});

test("data of a file with several documents is not a guess", async () => {
  const text = await encrypt([{ a: 1 }, { b: 2 }], { recipients: [key.recipient] });
  const result = await decrypt(text, { identities });
  expect(result.documents).toEqual([{ a: 1 }, { b: 2 }]);
  expect(() => result.data).toThrow(expect.objectContaining({ code: "multiple-documents" }));
});

describe("a changed file", () => {
  const cases: [string, (text: string) => string, Partial<SopsError>][] = [
    ["a plain value", (t) => t.replace("visible", "visable"), { code: "mac-mismatch" }],
    [
      "a byte of ciphertext",
      (t) => t.replace(/(?<=secret: ENC\[AES256_GCM,data:)./, swap),
      { code: "mac-mismatch", path: "secret", line: 2, column: 9 },
    ],
    ["a tag", (t) => t.replace(/(?<=secret: .*tag:)./, swap), { code: "mac-mismatch", path: "secret" }],
    [
      "the type of a value",
      (t) => t.replace(/(secret: .*?)type:str/, "$1type:int"),
      { code: "mac-mismatch", path: "secret" },
    ],
    ["the name of an encrypted key", (t) => t.replace("secret:", "Secret:"), { code: "mac-mismatch", path: "Secret" }],
    ["the order of list elements", swapElements, { code: "mac-mismatch" }],
    ["a removed value", (t) => t.replace(/^secret:.*\n/m, ""), { code: "mac-mismatch" }],
    ["an added plain value", (t) => `added_unencrypted: x\n${t}`, { code: "mac-mismatch" }],
    ["lastmodified", (t) => t.replace(/lastmodified: "\d/, 'lastmodified: "1'), { code: "mac-mismatch" }],
    ["no mac", (t) => t.replace(/^ +mac: .*\n/m, ""), { code: "missing-mac" }],
    [
      "a value in plaintext that the rule selects",
      (t) => t.replace(/secret: ENC\S+/, "secret: 5"),
      { code: "value-not-encrypted", path: "secret" },
    ],
    [
      "the rule",
      (t) => t.replace("unencrypted_suffix: _unencrypted", "encrypted_suffix: _nothing"),
      { code: "mac-mismatch" },
    ],
    ["broken YAML", (t) => t.replace("secret:", "secret: ["), { code: "invalid-yaml" }],
    ["no sops block", (t) => t.slice(0, t.indexOf("sops:")), { code: "not-encrypted" }],
    [
      "a damaged recipient entry",
      (t) => t.replace(/AGE ENCRYPTED FILE-----\n +..../, "$&A"),
      { code: "no-identity-matches" },
    ],
    [
      "two selection options",
      (t) => t.replace("    version", "    encrypted_regex: x\n    version"),
      { code: "conflicting-selection" },
    ],
    [
      "a pattern RE2 rejects",
      (t) => t.replace("unencrypted_suffix: _unencrypted", "encrypted_regex: (?=x)s"),
      { code: "invalid-regex" },
    ],
  ];

  test.each(cases)("%s", async (_, forge, expected) => {
    const forged = forge(encrypted);
    expect(forged).not.toBe(encrypted);
    const failure = await failureOf(forged);
    expect(failure).toMatchObject({ ...expected, file: "secrets.yaml" });
    expect(failure.message).toMatch(/^secrets\.yaml:/);
    if (expected.code === "mac-mismatch") expect(failure.message).toContain("MAC mismatch");
  });

  test("gives its values when the caller ignores the MAC by name", async () => {
    const { data, macVerified } = await decrypt(encrypted.replace("visible", "visable"), {
      identities,
      ignoreMac: true,
    });
    expect(data["open_unencrypted"]).toBe("visable");
    expect(macVerified).toBe(false);
  });

  // As in sops, which joins the values before it hashes them: the README says so.
  test.each([
    ["characters that move between plain values", "a_unencrypted: a\nb_unencrypted: bc\n"],
    ["a plain value in two", "a_unencrypted: a\nz_unencrypted: b\nb_unencrypted: c\n"],
    ["an empty string more", 'a_unencrypted: ab\nmore: ""\nb_unencrypted: c\n'],
    ["a null more", "a_unencrypted: ab\nmore:\nb_unencrypted: c\n"],
  ])("the MAC does not see %s", async (_, forged) => {
    const plain = "a_unencrypted: ab\nb_unencrypted: c\n";
    const text = await encrypt(`${plain}token: canary\n`, { recipients: [key.recipient] });
    expect((await decrypt(text.replace(plain, forged), { identities })).data).toHaveProperty("token", "canary");
    expect((await failureOf(text.replace(plain, plain.replace("ab", "ax")))).code).toBe("mac-mismatch");
  });

  test("each flipped byte fails, or changes no value", async () => {
    const { data } = await decrypt(encrypted, { identities });
    const armor = encrypted.indexOf("-----BEGIN");
    const armorEnd = encrypted.indexOf("-----END");
    let failed = 0;
    for (let at = 0; at < encrypted.length; at += at > armor && at < armorEnd ? 29 : 1) {
      const flipped = `${encrypted.slice(0, at)}${String.fromCharCode(encrypted.charCodeAt(at) ^ 1)}${encrypted.slice(at + 1)}`;
      const result = await decrypt(flipped, { identities }).catch((error: unknown) => error);
      if (result instanceof SopsError) failed += 1;
      // A key in the clear is outside the MAC: the one of the plain value may be renamed.
      else expect(Object.values((result as { data: object }).data)).toEqual(Object.values(data));
    }
    expect(failed).toBeGreaterThan(encrypted.length / 2);
  });

  test("no error, however it is printed, shows a value or a key", async () => {
    for (const [, forge] of cases) {
      const failure = await failureOf(forge(encrypted));
      const printed =
        inspect(failure, { depth: 9, showHidden: true }) + String(failure.stack) + JSON.stringify(failure);
      expect(printed).not.toMatch(/canary|AGE-SECRET-KEY/);
    }
    const broken = [
      "secret: [canary-7f3a",
      "secret: 'canary-7f3a\n",
      "canary: x\n canary-7f3a: - y\n",
      '"canary-7f3a" x',
      "a: *canary\n",
    ];
    for (const text of broken) {
      const failure = await encrypt(text, { recipients: [key.recipient] }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SopsError);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("canary");
    }
  });
});

describe("metadata layouts", () => {
  const source = vector("generated/sops-3.12.2/suffixes.yaml");
  const age = /( {4}age:\n(?: {8}.*\n)+)/.exec(source)?.[1] ?? "";
  const expected = { plain_unencrypted: "visible", secret: "hidden", nested_unencrypted: { deep: "visible" } };
  const time = /lastmodified: "(.*)Z"/.exec(source)?.[1] ?? "";

  test.each([
    [
      "3.7: empty lists printed, age after them",
      (t: string) =>
        t
          .replace(age, `    kms: []\n    gcp_kms: []\n    azure_kv: []\n    hc_vault: []\n${age}`)
          .replace("    unencrypted_suffix", "    pgp: []\n    unencrypted_suffix"),
    ],
    ["empty lists as null", (t: string) => t.replace(age, `    kms: null\n${age}    pgp: null\n`)],
    ["lastmodified without quotes", (t: string) => t.replace(/lastmodified: "(.*)"/, "lastmodified: $1")],
    ["lastmodified with +00:00", (t: string) => t.replace(`${time}Z`, `${time}+00:00`)],
    ["lastmodified with a fraction", (t: string) => t.replace(`${time}Z`, `${time}.123Z`)],
    [
      "mac_only_encrypted as a string",
      (t: string) => t.replace("    version", '    mac_only_encrypted: "false"\n    version'),
    ],
    ["no selection option: the default is assumed", (t: string) => t.replace(/ +unencrypted_suffix: .*\n/, "")],
    [
      "one key group",
      (t: string) =>
        t.replace(age, `    key_groups:\n        - hc_vault: []\n${age.replace(/^/gm, "      ").trimEnd()}\n`),
    ],
  ])("%s", async (_, rewrite) => {
    const text = rewrite(source);
    expect(text).not.toBe(source);
    expect((await decrypt(text, { identities: [VECTOR_KEY] })).data).toEqual(expected);
  });
});

test("only YAML is read as YAML", async () => {
  await expect(decrypt("{}", { file: "secrets.json" })).rejects.toMatchObject({ code: "not-encrypted" });
});

function swap(char: string): string {
  return char === "A" ? "B" : "A";
}

function swapElements(text: string): string {
  return text.replace(/list: \[(".*?"), (".*?")\]/, "list: [$2, $1]");
}
