import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  type AgeIdentity,
  decrypt,
  type EditableDocument,
  edit,
  encrypt,
  generateIdentity,
  type SopsMapping,
  type SopsValue,
} from "../src/index.ts";
import { diffLines, VECTOR_KEY, vector } from "./helpers.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const PLAIN = `# secrets of the web shop

apiVersion: v1
kind: Secret
metadata:
  name: shop   # three spaces
  labels: { app: shop, tier: "web" }

stringData:
  # from the vendor
  token: abc # rotate in May

  user: web
  list:
    - one
    # the second
    - two
  nested:
    deep: |
      first
      second
`;
const RULE = { encryptedRegex: "^(data|stringData)$" };
const now = () => new Date("2030-01-02T03:04:05.678Z");
let key: AgeIdentity;
let encrypted: string;
let identities: string[];

beforeAll(async () => {
  key = await generateIdentity();
  identities = [key.identity];
  encrypted = await encrypt(PLAIN, { ...RULE, recipients: [key.recipient], now: () => new Date(0) });
});

/** The plaintext before and after, and the lines of the encrypted text that changed. */
async function change(action: (doc: EditableDocument) => void, text = encrypted) {
  const after = await edit(text, action, { identities, now });
  const { data, text: plain } = await decrypt(after, { identities });
  return { after, data, plain, ...diffLines(text, after) };
}

describe("what an edit changes in the file", () => {
  test("one value: its line, mac and lastmodified", async () => {
    const { added, removed, plain } = await change((doc) => doc.set(["stringData", "token"], "xyz"));
    expect(added.map((line) => line.replace(/ENC\[.*?\]/g, "…"))).toEqual([
      "  token: … #…",
      '    lastmodified: "2030-01-02T03:04:05Z"',
      "    mac: …",
    ]);
    expect(removed).toHaveLength(3);
    expect(plain).toBe(PLAIN.replace("abc", "xyz"));
  });

  test("a plain value keeps the layout around it", async () => {
    const { added, plain } = await change((doc) => doc.set(["metadata", "name"], "store"));
    expect(added[0]).toBe("  name: store   # three spaces");
    expect(plain).toBe(PLAIN.replace("name: shop ", "name: store "));
  });

  test("a value inside flow style", async () => {
    const { plain } = await change((doc) => doc.set(["metadata", "labels", "tier"], "db, main"));
    expect(plain).toBe(PLAIN.replace('"web"', '"db, main"'));
  });

  test("a new key goes to the end of its mapping", async () => {
    const { added, removed, plain } = await change((doc) => doc.set(["stringData", "extra"], 5));
    expect([added.length, removed.length]).toEqual([3, 2]);
    expect(plain).toBe(`${PLAIN}  extra: 5\n`);
  });

  test("a new mapping, made on the way", async () => {
    const { plain } = await change((doc) => doc.set(["stringData", "tls", "key"], "a\nb\n"));
    expect(plain).toBe(`${PLAIN}  tls:\n    key: |\n      a\n      b\n`);
  });

  test("a removed key takes its line only", async () => {
    const { removed, plain } = await change((doc) => doc.delete(["stringData", "user"]));
    expect(removed).toHaveLength(3);
    expect(plain).toBe(PLAIN.replace("  user: web\n", ""));
  });

  test("list elements: append, remove, replace by a mapping", async () => {
    const appended = await change((doc) => doc.set(["stringData", "list", 2], "three"));
    expect(appended.plain).toBe(PLAIN.replace("    - two\n", "    - two\n    - three\n"));
    const removed = await change((doc) => doc.delete(["stringData", "list", 0]));
    expect(removed.plain).toBe(PLAIN.replace("    - one\n", ""));
    expect(removed.removed).toHaveLength(3);
    const replaced = await change((doc) => doc.set(["stringData", "list", 0], { k: ["v"] }));
    expect(replaced.plain).toBe(PLAIN.replace("    - one\n", "    - k:\n        - v\n"));
  });

  test("a scalar becomes a mapping and keeps its comment", async () => {
    const { plain } = await change((doc) => doc.set(["stringData", "token"], { a: 1 }));
    expect(plain).toBe(PLAIN.replace("token: abc # rotate in May", "token: # rotate in May\n    a: 1"));
  });

  test("nothing: the very same text", async () => {
    expect(await edit(encrypted, () => undefined, { identities })).toBe(encrypted);
    expect(await edit(encrypted, (doc) => doc.set(["stringData", "user"], "web"), { identities })).toBe(encrypted);
  });

  test("a file sops 3.12 wrote keeps its version, and its metadata gets the layout of 3.13", async () => {
    const theirs = vector("generated/sops-3.12.2/comments.yaml");
    const after = await edit(theirs, (doc) => doc.set(["d"], "new"), { identities: [VECTOR_KEY], now });
    const { added } = diffLines(theirs, after);
    expect(added.map((line) => line.split(":")[0]?.trim())).toEqual(["d", "- enc", "recipient", "lastmodified", "mac"]);
  });

  test("every document of a stream, by its own handle", async () => {
    const stream = await encrypt("a: 1\n---\nb: 2\n", { recipients: [key.recipient] });
    const after = await edit(stream, (_, documents) => documents[1]?.set(["b"], 3), { identities, now });
    expect((await decrypt(after, { identities })).documents).toEqual([{ a: 1 }, { b: 3 }]);
    expect(after.match(/lastmodified: "2030/g)).toHaveLength(2);
  });

  test("flow style at the top is written anew, the values keep their envelopes", async () => {
    const source = JSON.stringify(parse(await encrypt({ a: "x" }, { recipients: [key.recipient] })));
    const after = await edit(source, (doc) => doc.set(["b"], { c: [1, { d: 2 }] }), { identities, now });
    expect((await decrypt(after, { identities })).data).toEqual({ a: "x", b: { c: [1, { d: 2 }] } });
    expect(after).toContain(`a: ${/ENC.*?\]/.exec(source)?.[0]}\n`);
  });
});

describe("what an edit refuses", () => {
  test.each([
    ["path-not-found", (doc: EditableDocument) => doc.delete(["stringData", "absent"])],
    ["path-conflict", (doc: EditableDocument) => doc.set(["stringData", "token", "inner"], 1)],
    ["path-conflict", (doc: EditableDocument) => doc.set(["stringData", "list", 5], 1)],
    ["reserved-key", (doc: EditableDocument) => doc.set(["sops"], 1)],
    ["unsupported-value", (doc: EditableDocument) => doc.set(["a"], (() => 1) as unknown as SopsValue)],
  ])("%s", async (code, action) => {
    await expect(edit(encrypted, action, { identities })).rejects.toMatchObject({ code });
  });

  test("mac-mismatch: it does not sign what someone else changed", async () => {
    const forged = encrypted.replace("kind: Secret", "kind: Other");
    await expect(edit(forged, (doc) => doc.set(["a"], 1), { identities })).rejects.toMatchObject({
      code: "mac-mismatch",
    });
  });
});

test("any sequence of edits gives the edited data, and leaves other envelopes alone", {
  timeout: 600_000,
}, async () => {
  const name = fc.constantFrom("a", "b", "c", "data");
  const value: fc.Arbitrary<SopsValue> = fc.letrec<{ node: SopsValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      fc.oneof(fc.string(), fc.integer(), fc.constantFrom("x\ny\n", null, true, "")),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(name, tie("node"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).node;
  const step = fc.record({
    path: fc.array(fc.oneof(name, fc.nat(2)), { minLength: 1, maxLength: 3 }),
    value,
    remove: fc.boolean(),
  });
  const start = fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }) as fc.Arbitrary<SopsMapping>;
  await fc.assert(
    fc.asyncProperty(start, fc.array(step, { minLength: 1, maxLength: 4 }), async (data, steps) => {
      const before = await encrypt(data, { recipients: [key.recipient] });
      let expected: SopsMapping = data;
      const after = await edit(
        before,
        (doc) => {
          for (const { path, value: next, remove } of steps) {
            try {
              if (remove) doc.delete(path);
              else doc.set(path, next);
            } catch {
              // A path that does not fit is refused, and nothing is changed.
            }
          }
          expected = doc.data;
        },
        { identities },
      );
      expect((await decrypt(after, { identities })).data).toEqual(expected);
    }),
    LONG ? { numRuns: 1000 } : { numRuns: 60, seed: 1 },
  );
});

describe("comments below a mapping", () => {
  const plain = "b:\n  c: 2\n  # foot\n\n# last\n";
  const textOf = async (text: string) => (await decrypt(text, { identities })).text;

  test("stay with it when something is added after it, and when that goes again", async () => {
    const text = await encrypt(plain, { recipients: [key.recipient] });
    const added = await edit(text, (doc) => doc.set(["z"], "v"), { identities });
    expect(await textOf(added)).toBe("b:\n  c: 2\n  # foot\nz: v\n\n# last\n");
    const deeper = await edit(added, (doc) => doc.set(["z"], { x: [1, { y: "w" }] }), { identities });
    expect(await textOf(await edit(deeper, (doc) => doc.delete(["z"]), { identities }))).toBe(plain);
  });

  test("and such below a single value stay above what is added", async () => {
    const text = await encrypt("a: 1\n\n # odd\n", { recipients: [key.recipient] });
    const added = await edit(text, (doc) => doc.set(["z"], { x: 1 }), { identities });
    expect(await textOf(added)).toBe("a: 1\n\n # odd\nz:\n  x: 1\n");
    expect(await textOf(await edit(added, (doc) => doc.delete(["z"]), { identities }))).toBe("a: 1\n\n # odd\n");
  });

  test("go with it, and others open where they are then", async () => {
    const text = await encrypt(`a: 1\n${plain}`, { recipients: [key.recipient] });
    const gone = await edit(text, (doc) => doc.delete(["b"]), { identities });
    expect(await textOf(gone)).toBe("a: 1\n\n# last\n");
    // Between two entries of which one goes, go-yaml has given the comment to the mapping that goes.
    const between = await encrypt("a:\n  b: 1\n# of whom\nc:\n  d: 2\n", { recipients: [key.recipient] });
    for (const key of ["a", "c"]) {
      expect(await textOf(await edit(between, (doc) => doc.delete([key]), { identities }))).toContain("# of whom");
    }
  });
});
