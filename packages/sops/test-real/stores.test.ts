import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, type SopsVersion, sops, sopsVersions } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  decrypt,
  decryptFile,
  edit,
  encrypt,
  generateIdentity,
  type SopsMapping,
  type SopsValue,
} from "../src/index.ts";
import { asJson, document, selection, selectionKeys } from "../test/generated-documents.ts";
import { dotenv, ini, QUOTED } from "../test/generated-stores.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const runs = (usual: number, long: number) => Number(process.env["IDSTACK_CASES"] ?? (LONG ? long : usual));

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-stores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(sopsVersions)("sops %s", (version) => {
  async function real(args: readonly string[], name: string, input: string): Promise<string> {
    const file = join(folder, `${version}-${name}`);
    writeFileSync(file, input);
    return (await sops([...args, file], { version, ageKey: identity, cwd: folder })).stdout;
  }

  function config(rule: object): void {
    writeFileSync(join(folder, ".sops.yaml"), JSON.stringify({ creation_rules: [{ age: recipient, ...rule }] }));
  }

  test("JSON: reads what we write and edit; we read what it writes", async () => {
    const format = "json";
    let files = 0;
    await fc.assert(
      fc.asyncProperty(document, selection, fc.boolean(), async (data, rule, macOnlyEncrypted) => {
        // Until 3.13.1 every number was a float.
        if (version === "3.12.2" && holds(data, (value) => typeof value === "bigint" || Number(value) > 2 ** 53))
          return;
        const ours = await encrypt(data, { ...rule, macOnlyEncrypted, recipients, format });
        const theirPlain = await real(["decrypt"], "a.json", ours);
        expect(asJson(JSON.parse(theirPlain))).toEqual(asJson(data));
        const back = await decrypt(ours, { identities, format });
        expect(back.text).toBe(theirPlain);
        config({ ...selectionKeys(rule), mac_only_encrypted: macOnlyEncrypted });
        const theirs = await real(["encrypt"], "a.json", back.text);
        expect((await decrypt(theirs, { identities, format })).text).toBe(theirPlain);
        const [first = ""] = Object.keys(data);
        const edited = await edit(theirs, (doc) => doc.set([first], ["changed"]), { identities, format });
        expect(asJson(JSON.parse(await real(["decrypt"], "a.json", edited)))).toEqual(
          asJson({ ...data, [first]: ["changed"] }),
        );
        files += 3;
      }),
      { numRuns: runs(40, 1000), seed },
    );
    await proved(version, "@idstack/sops and sops read each other's JSON files", files);
  });
  test("dotenv: the same text both ways", async () => {
    const format = "dotenv";
    let files = 0;
    await fc.assert(
      fc.asyncProperty(dotenv, selection, async (plain, rule) => {
        config(selectionKeys(rule));
        const ours = await encrypt(plain, { ...rule, recipients, format });
        const theirs = await real(["encrypt"], "a.env", plain);
        expect(await real(["decrypt"], "a.env", ours)).toBe(plain);
        expect((await decrypt(theirs, { identities, format })).text).toBe(plain);
        const [first = ""] = Object.keys((await decrypt(theirs, { identities, format })).data);
        const edited = await edit(theirs, (doc) => doc.set([first], "changed\nx"), { identities, format });
        expect(await real(["decrypt"], "a.env", edited)).toBe((await decrypt(edited, { identities, format })).text);
        files += 3;
      }),
      { numRuns: runs(20, 500), seed },
    );
    await proved(version, "@idstack/sops and sops read each other's dotenv files", files);
  });

  test("INI: the same text both ways", async () => {
    const format = "ini";
    let files = 0;
    await fc.assert(
      fc.asyncProperty(ini, selection, async (plain, rule) => {
        config(selectionKeys(rule));
        const ours = await encrypt(plain, { ...rule, recipients, format });
        const theirs = await real(["encrypt"], "a.ini", plain);
        const expected = (await decrypt(theirs, { identities, format })).data;
        expect((await decrypt(ours, { identities, format })).data).toEqual(expected);
        expect(JSON.parse(await real(["decrypt", "--output-type", "json"], "a.ini", ours))).toEqual(expected);
        expect(JSON.parse(await real(["decrypt", "--output-type", "json"], "a.ini", theirs))).toEqual(expected);
        const text = await real(["decrypt"], "a.ini", ours);
        expect(text).toBe(await real(["decrypt"], "a.ini", theirs));
        if (!QUOTED.test(plain)) expect((await decrypt(theirs, { identities, format })).text).toBe(text);
        files += 2;
      }),
      { numRuns: runs(15, 500), seed },
    );
    await proved(version, "@idstack/sops and sops read each other's INI files", files);
  });

  test("binary: the same bytes both ways", async () => {
    const format = "binary";
    let files = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), selection, async (bytes, rule) => {
        config(selectionKeys(rule));
        const plain = join(folder, `${version}-plain.bin`);
        writeFileSync(plain, bytes);
        const out = join(folder, `${version}-out.bin`);
        await sops(["encrypt", "--output", out, plain], { version, ageKey: identity, cwd: folder });
        expect(Buffer.compare((await decryptFile(out, { identities })).bytes, bytes)).toBe(0);
        writeFileSync(plain, await encrypt(bytes, { ...rule, recipients, format }));
        await sops(["decrypt", "--output", out, plain], { version, ageKey: identity, cwd: folder });
        expect(Buffer.compare(readFileSync(out), bytes)).toBe(0);
        files += 2;
      }),
      { numRuns: runs(15, 500), seed },
    );
    await proved(version, "@idstack/sops and sops read each other's binary files", files);
  });
});

function holds(value: SopsValue | SopsMapping, what: (leaf: unknown) => boolean): boolean {
  if (typeof value !== "object" || value === null) return what(value);
  return Object.values(value).some((inner: SopsValue) => holds(inner, what));
}

/** A failed comparison never gets here: it fails its test. */
async function proved(version: SopsVersion, proves: string, checked: number): Promise<void> {
  await recordEvidence({ component: "sops", version, proves, checked, unit: "files", mismatches: 0 });
}
