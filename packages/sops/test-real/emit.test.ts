import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, type SopsFormat } from "../src/index.ts";
import { document, hasBrokenKey, hasBrokenString, selection } from "../test/generated-documents.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const numRuns = Number(process.env["IDSTACK_CASES"] ?? (LONG ? 1500 : 30));

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-emit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function real(args: readonly string[], name: string, input: string): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, input);
  return (await sops([...args, file], { ageKey: identity, cwd: folder })).stdout;
}

function hasOdd(value: unknown): boolean {
  if (typeof value === "string") return /[\u2028\u2029]/.test(value);
  if (typeof value !== "object" || value === null) return Object.is(value, -0);
  const isMap = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
  return Object.entries(value).some(([name, inner]) => (name === "<<" && !isMap(inner)) || hasOdd(inner));
}

/** What differs at every save. */
const still = (text: string): string => text.replace(/("?(?:lastmodified|mac)"?: ).*/g, "$1");

describe.each<[SopsFormat]>([["yaml"], ["json"]])("%s", (format) => {
  test("is written as sops 3.13.3 writes it, byte for byte", async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(document, selection, async (data, rule) => {
        const ours = await encrypt(data, { ...rule, recipients, format, emit: "sops" });
        const { text } = await decrypt(ours, { identities, format, emit: "sops" });
        const printed = await real(["decrypt"], `a.${format}`, ours);
        // Where sops writes what it cannot read again, ours differs on purpose.
        if (format === "yaml" && (hasBrokenKey(data) || hasBrokenString(data) || hasOdd(data))) return;
        expect(text).toBe(printed);
        files += 1;
        writeFileSync(join(folder, `a.${format}`), ours);
        await sops(["set", join(folder, `a.${format}`), '["added"]', '"x"'], { ageKey: identity, cwd: folder });
        const theirs = readFileSync(join(folder, `a.${format}`), "utf8");
        const edited = await edit(ours, (doc) => doc.set(["added"], "x"), { identities, format, emit: "sops" });
        const known = (all: string) => still(all).replace(/("?added"?: ).*/, "$1");
        expect(known(edited)).toBe(known(theirs));
        files += 1;
      }),
      { numRuns, seed },
    );
    await recordEvidence({
      component: "sops",
      version: "3.13.3",
      proves: `@idstack/sops writes ${format} as sops does, byte for byte`,
      checked: files,
      unit: "files",
      mismatches: 0,
    });
  });
});
