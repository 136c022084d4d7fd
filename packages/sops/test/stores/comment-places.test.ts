import { expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity } from "../../src/index.ts";
import { encryptDocuments, parsePlain } from "../../src/internal/encrypt-documents.ts";
import { parseEncrypted } from "../../src/internal/encrypted-file.ts";
import { parseYaml } from "../../src/internal/parse-yaml.ts";
import { misplacedComments } from "../../src/internal/reseal-comments.ts";
import { selectorOf } from "../../src/internal/selector.ts";
import { emitAsSops } from "../../src/stores/emit-as-sops.ts";

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];

test.each([
  "k 1:\n\n  - 'x' #!\nkey:\n  -\n      - 1\n      # q\n  - |2 # tab\n    xline\n    y\n\n\n  - |\n    xtrail \n\n # x # y\n\n",
  "--- # here\n# a: b\n\nx_unencrypted: # c\n\n    b: [x, x, [a, b]] #two\n\n  # one\n",
])("a comment is sealed for the place it has once its file is encrypted: %#", (plain) => {
  const key = Buffer.alloc(32, 1);
  const selector = selectorOf({ unencryptedRegex: "^(b|y)" });
  const plan = { key, age: [], selector, macOnlyEncrypted: false, lastModified: "2026-01-02T03:04:05Z" };
  const file = parseEncrypted(encryptDocuments(parsePlain(plain), plan));
  expect(misplacedComments(file.documents, key, file.selector)).toEqual(new Set());
});

test("the brace sops puts into the first column, behind the comments of an empty mapping", () => {
  const text = "a:\n    b: {\n        # one\n        # two\n}\n    c: 1\n";
  const { documents } = parseYaml(text);
  expect(
    emitAsSops(
      undefined,
      documents.map(({ root }) => root),
    ),
  ).toBe("a:\n    b: {}\n    c: 1\n");
  expect(() => parseYaml("a:\n    b: {\n        c: 1\n}\n")).toThrow("not valid YAML");
});

test("a layout of sops that sops reads in another way is not written", async () => {
  const plain = "data:\n  - 1 # z\n  - {}\n   #two\n    # - z\n  -\n   'null': x\n";
  const rule = { encryptedCommentRegex: "one|two" };
  const text = await encrypt(plain, { ...rule, recipients, emit: "sops" });
  expect((await decrypt(text, { identities })).text).toBe(plain);
  const edited = await edit(text, (doc) => doc.set(["added"], 1), { identities, emit: "sops" });
  expect((await decrypt(edited, { identities })).data).toEqual({ data: [1, {}, { null: "x" }], added: 1 });
});

test("an empty comment of a list stays a comment; sops would make it an element", async () => {
  const text = await encrypt("a:\n  - 1\n  #\n  - 2\n#\nb: 3\n", { recipients, emit: "sops" });
  const { data, text: plain } = await decrypt(text, { identities, emit: "sops" });
  expect(data).toEqual({ a: [1, 2], b: 3 });
  expect(plain).toBe("a:\n    - 1\n    # \n    - 2\n#\nb: 3\n");
});
