import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AgeIdentity,
  decrypt,
  edit,
  encrypt,
  generateIdentity,
  type Selection,
  type SopsMapping,
} from "../src/index.ts";
import { noSops, sops, temporaryFolder } from "./helpers.ts";

/** The usual run repeats one series of documents; a long one (IDSTACK_LONG=1000) looks for new ones. */
const LONG = process.env["IDSTACK_LONG"];
const SERIES = LONG === undefined ? { numRuns: 30, seed: 1 } : { numRuns: Number(LONG) };

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }).filter((value) => value.isWellFormed()),
  // Each of these is read as something else by one YAML reader or another.
  fc.constantFrom(
    ..."yes|0777|1e3|12:30|2024-01-02|- a|a: b|# x|a #b|true|null|~||=|<<|0x1f|1_000|.5|-|?|a:|'q'|%x|@x|!t|&a|*a|{}|[]".split(
      "|",
    ),
    ...[
      "line\nline2\n",
      "  lead\nx",
      "x\n\n",
      "tail \ny",
      "\ttab\nx",
      "|",
      "> x",
      "\u2028x",
      "\u0085",
      "\ufeffx",
      "x\r\ny",
      "---",
    ],
  ),
);
const leaf = fc.oneof(
  text,
  text,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const key = fc
  .oneof(fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }), text)
  .filter((name) => name !== "sops");
const { node } = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(key, tie("node"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const document = fc.dictionary(key, node, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
}) as fc.Arbitrary<SopsMapping>;
const selection = fc.constantFrom<Selection>(
  {},
  { encryptedRegex: "^[a-m]" },
  { unencryptedRegex: "[a-m]" },
  { encryptedSuffix: "a" },
  { unencryptedSuffix: "e" },
);

/** JSON has neither big integers nor a negative zero. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJson(inner)]));
}

/** sops 3.12.2 writes such strings as `|` blocks that it cannot read again itself. */
function brokenBySops(value: unknown): boolean {
  const breaks = /[\n\r\u0085\u2028\u2029]/;
  if (typeof value === "string") return /^[\s\u0085]/.test(value) && breaks.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (!Array.isArray(value) && breaks.test(name)) || brokenBySops(inner),
  );
}

describe.skipIf(noSops !== undefined)(
  `with real sops 3.12.2${noSops === undefined ? "" : ` (skipped: ${noSops})`}`,
  () => {
    const folder = temporaryFolder();
    let key: AgeIdentity;

    beforeAll(async () => {
      key = await generateIdentity();
      writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{ age: ${key.recipient} }]\n`);
    });

    function run(args: readonly string[], input: string): string {
      writeFileSync(join(folder, "file.yaml"), input);
      const { status, stdout, stderr } = sops([...args, "file.yaml"], key.identity, folder);
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      return stdout;
    }

    test("what we write, sops reads; what sops writes, we read; what we edit, sops reads", {
      timeout: 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(document, selection, fc.boolean(), async (data, rule, macOnlyEncrypted) => {
          const identities = [key.identity];
          const ours = await encrypt(data, { ...rule, macOnlyEncrypted, recipients: [key.recipient] });
          expect(asJson(JSON.parse(run(["decrypt", "--output-type", "json"], ours)))).toEqual(asJson(data));

          const plain = (await decrypt(ours, { identities })).text;
          if (brokenBySops(data)) return;
          const flags = Object.entries(rule).map(
            ([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${String(value)}`,
          );
          const theirs = run(["encrypt", ...flags], plain);
          expect(asJson((await decrypt(theirs, { identities })).data)).toEqual(asJson(data));

          const [first = ""] = Object.keys(data);
          const edited = await edit(theirs, (doc) => doc.set([first], "changed"), { identities });
          expect(asJson(JSON.parse(run(["decrypt", "--output-type", "json"], edited)))).toEqual(
            asJson({ ...data, [first]: "changed" }),
          );
        }),
        SERIES,
      );
    });

    test("comments and layout survive both ways", async () => {
      const plain = `# top

a: 1 # beside a
# before b
b: # beside b
  # first in b
  c: 2
  # last in b

# before the list
list:
  # first element
  - one # beside one

  # second element
  - k: v # beside v
    flow: { x: [1, two] }
text: | # beside the block
  first

  second
end_unencrypted: plain # stays
`;
      const identities = [key.identity];
      const encrypted = await encrypt(plain, { recipients: [key.recipient] });
      expect(encrypted.match(/^.*#(?!ENC\[)/m)).toBe(null);
      expect((await decrypt(encrypted, { identities })).text).toBe(
        plain.replace("|", '"first\\n\\nsecond\\n"').replace("\n  first\n\n  second", ""),
      );
      const theirs = run(["decrypt"], encrypted);
      expect(theirs).not.toContain("ENC[");
      for (const comment of plain.match(/# .*/g) ?? []) expect(theirs).toContain(comment);
      const back = await decrypt(run(["encrypt"], theirs), { identities });
      for (const comment of plain.match(/# .*/g) ?? []) expect(back.text).toContain(comment);
    });

    test("sops refuses what we refuse: one byte of a value, of a plain value, of the MAC", async () => {
      const encrypted = await encrypt("a_unencrypted: visible\nb: hidden\n", { recipients: [key.recipient] });
      const flipped = [
        encrypted.replace("visible", "visable"),
        encrypted.replace(/(?<=b: ENC\[AES256_GCM,data:)./, (char) => (char === "A" ? "B" : "A")),
        encrypted.replace(/(?<=mac: ENC\[AES256_GCM,data:)./, (char) => (char === "A" ? "B" : "A")),
      ];
      for (const text of flipped) {
        writeFileSync(join(folder, "file.yaml"), text);
        expect(sops(["decrypt", "file.yaml"], key.identity, folder).status).not.toBe(0);
        await expect(decrypt(text, { identities: [key.identity], file: "file.yaml" })).rejects.toMatchObject({
          code: "mac-mismatch",
          file: "file.yaml",
          message: expect.stringMatching(/^file\.yaml.*MAC mismatch/),
        });
      }
    });
  },
);
