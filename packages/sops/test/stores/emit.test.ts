import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, type Selection } from "../../src/index.ts";
import { toData } from "../../src/internal/data-tree.ts";
import { type ParsedDocument, parseYaml } from "../../src/internal/parse-yaml.ts";
import { VECTOR_KEY, vector, vectorNames } from "../helpers.ts";

const identities = [VECTOR_KEY];
const NAMES = vectorNames("generated/sops-3.13.3").filter(
  (name) => name.endsWith(".yaml") && name !== "key-groups.yaml",
);

/** What differs at every save. */
const still = (text: string): string => text.replace(/((?:lastmodified|mac|edited): ).*/g, "$1");

describe('emit: "sops"', () => {
  test.each(NAMES)("%s decrypts to the very bytes sops 3.13.3 prints", async (name) => {
    const { text } = await decrypt(vector(`generated/sops-3.13.3/${name}`), { identities, emit: "sops" });
    expect(text).toBe(vector(`generated/sops-3.13.3/${name.replace(".yaml", ".decrypted")}`));
  });

  // In comments.yaml sops itself moves an encrypted comment above the value it stood beside.
  test.each(NAMES.filter((name) => name !== "comments.yaml"))(
    "%s keeps the bytes sops 3.13.3 wrote when it is written again",
    async (name) => {
      const before = vector(`generated/sops-3.13.3/${name}`);
      const change = (text: string, value: string | undefined) =>
        edit(text, (doc) => (value === undefined ? doc.delete(["edited"]) : doc.set(["edited"], value)), {
          identities,
          emit: "sops",
        });
      expect(still(await change(await change(before, "x"), undefined))).toBe(still(before));
    },
  );
});

/** What `emit: "sops"` writes where sops writes what it cannot read again; see `vectors/constructs`. */
const CONSTRUCTS: Readonly<Record<string, string>> = {
  "white-space-before-lines": 'a_unencrypted:\n    - "  two\\nlines\\n"\nb_unencrypted: |4\n      two\n    lines\n',
  "tab-before-lines": 'a_unencrypted: "\\ttab\\nlines\\n"\nb: 1\n',
  "merge-key-without-mapping": '"<<": 1\nb: 1\n',
  "negative-zero": "a_unencrypted: -0.0\nb: 1\n",
  "empty-comment-in-list": "list:\n    - 1\n    # \n    - 2\n",
  "comment-read-elsewhere": "data:\n    - 1 # a\n    - {}\n    # two\n    # b\n    - k: v\n",
  "comment-left-encrypted": 'm:\n    "n":\n        k: 1\n        # x\n# z\na: 2\n',
};

describe("constructs that sops writes in another way", () => {
  const rules: Readonly<Record<string, Selection>> = { "comment-read-elsewhere": { encryptedCommentRegex: "one|two" } };

  test("at most ten, each with its fixture", () => {
    const found = vectorNames("constructs").filter((name) => name.endsWith(".txt"));
    expect(found).toEqual(
      Object.keys(CONSTRUCTS)
        .map((name) => `${name}.txt`)
        .sort(),
    );
    expect(found.length).toBeLessThanOrEqual(10);
  });

  test.each(Object.entries(CONSTRUCTS))("%s: sops loses something, and nothing is lost here", async (name, printed) => {
    const plain = vector(`constructs/${name}.txt`);
    expect(vector(`constructs/${name}.decrypted`)).not.toBe(printed);
    const { identity, recipient } = await generateIdentity();
    const text = await encrypt(plain, { ...rules[name], recipients: [recipient], emit: "sops" });
    const back = await decrypt(text, { identities: [identity], emit: "sops" });
    expect(back.text).toBe(printed);
    expect(back.data).toEqual(toData((parseYaml(plain).documents[0] as ParsedDocument).root));
    const read = CANNOT_READ.has(name) ? undefined : await decrypt(vector(`constructs/${name}.yaml`), { identities });
    if (read !== undefined && name !== "empty-comment-in-list") expect(read.data).toEqual(back.data);
  });
});

test("a merge key of a list of mappings is written as sops writes it", async () => {
  const { identity, recipient } = await generateIdentity();
  const text = await encrypt("d:\n  <<: [{a: 1}, {b: 2}]\n", { recipients: [recipient], emit: "sops" });
  expect(text).toMatch(/^ {4}!!merge <<:$/m);
  expect((await decrypt(text, { identities: [identity], emit: "sops" })).text).toBe(
    "d:\n    !!merge <<:\n        - a: 1\n        - b: 2\n",
  );
});

/** What sops has written is lost, to everybody. */
const CANNOT_READ = new Set([
  "comment-read-elsewhere",
  "negative-zero",
  "tab-before-lines",
  "white-space-before-lines",
]);
