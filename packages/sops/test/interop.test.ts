import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type AgeIdentity, decrypt, edit, encrypt, generateIdentity } from "../src/index.ts";
import {
  asJson,
  document,
  hasBrokenKey,
  hasBrokenString,
  hasInfinity,
  selection,
  selectionKeys,
} from "./generated-documents.ts";
import { noSops, sops, temporaryFolder } from "./helpers.ts";

/** The usual run repeats one series of documents; the long one looks for new ones. */
const LONG = process.env["IDSTACK_LONG"] === "1";
const SERIES = LONG ? { numRuns: 500 } : { numRuns: 30, seed: 1 };

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
      timeout: LONG ? 900_000 : 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(document, selection, fc.boolean(), async (data, rule, macOnlyEncrypted) => {
          fc.pre(!hasInfinity(data));
          const identities = [key.identity];
          const ours = await encrypt(data, { ...rule, macOnlyEncrypted, recipients: [key.recipient] });
          expect(asJson(JSON.parse(run(["decrypt", "--output-type", "json"], ours)))).toEqual(asJson(data));

          const plain = (await decrypt(ours, { identities })).text;
          if (hasBrokenKey(data) || hasBrokenString(data)) return;
          const flags = Object.entries(selectionKeys(rule)).map(
            ([name, value]) => `--${name.replaceAll("_", "-")}=${value}`,
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
