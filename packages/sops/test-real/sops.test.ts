import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, type SopsVersion, sops, sopsVersions } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity } from "../src/index.ts";
import {
  asJson,
  document,
  hasBrokenKey,
  hasBrokenString,
  selection,
  selectionKeys,
} from "../test/generated-documents.ts";
import { DEFECTS } from "./defects.ts";

/** Documents for each version of sops. Another seed makes other documents: `IDSTACK_SEED`, `IDSTACK_CASES`, or `IDSTACK_LONG=1`. */
const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const numRuns = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 2000 : 100));

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-real-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(sopsVersions)("sops %s", (version) => {
  const file = join(folder, `${version}.yaml`);

  async function real(args: readonly string[], input: string): Promise<string> {
    writeFileSync(file, input);
    return (await sops([...args, file], { version, ageKey: identity, cwd: folder })).stdout;
  }

  const decrypted = async (text: string): Promise<unknown> =>
    asJson(JSON.parse(await real(["decrypt", "--output-type", "json"], text)));

  test("reads what we write and what we edit; we read what it writes", async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(document, selection, fc.boolean(), async (data, rule, macOnlyEncrypted) => {
        const ours = await encrypt(data, { ...rule, macOnlyEncrypted, recipients });
        expect(await decrypted(ours)).toEqual(asJson(data));
        files++;

        const plain = (await decrypt(ours, { identities })).text;
        if (hasBrokenKey(data) || (version === "3.12.2" && hasBrokenString(data))) return;
        const config = {
          creation_rules: [{ age: recipient, ...selectionKeys(rule), mac_only_encrypted: macOnlyEncrypted }],
        };
        writeFileSync(join(folder, ".sops.yaml"), JSON.stringify(config));
        const theirs = await real(["encrypt"], plain);
        expect(asJson((await decrypt(theirs, { identities })).data)).toEqual(asJson(data));

        const [first = ""] = Object.keys(data);
        const edited = await edit(theirs, (doc) => doc.set([first], "changed"), { identities });
        expect(await decrypted(edited)).toEqual(asJson({ ...data, [first]: "changed" }));
        files += 2;
      }),
      { numRuns, seed },
    );
    await proved(version, "@idstack/sops and sops read each other's files", files);
  });

  test("refuses what we refuse, for the same reason", async () => {
    const plain = "kind: Secret\nlist:\n  - one\n  - two\nuser: web\npassword: hunter2\nnote_unencrypted: visible\n";
    writeFileSync(join(folder, ".sops.yaml"), JSON.stringify({ creation_rules: [{ age: recipient }] }));
    const written = { ours: await encrypt(plain, { recipients }), theirs: await real(["encrypt"], plain) };
    let files = 0;
    for (const [writer, text] of Object.entries(written)) {
      expect(await decrypted(text)).toEqual((await decrypt(text, { identities })).data);
      for (const [defect, { tamper, code, words }] of Object.entries(DEFECTS)) {
        const where = `${writer}: ${defect}`;
        const tampered = tamper(text);
        expect(tampered, where).not.toBe(text);
        writeFileSync(file, tampered);
        const result = await sops(["decrypt", file], { version, ageKey: identity, cwd: folder, allowFailure: true });
        expect(result.status, where).not.toBe(0);
        expect(result.stdout, where).toBe("");
        expect(result.stderr, where).toMatch(words);
        await expect(decrypt(tampered, { identities }), where).rejects.toMatchObject({ code });
        files++;
      }
    }
    await proved(version, "@idstack/sops and sops refuse the same tampered files", files);
  });
});

/** A failed comparison never gets here: it fails its test. */
async function proved(version: SopsVersion, proves: string, checked: number): Promise<void> {
  await recordEvidence({ component: "sops", version, proves, checked, unit: "files", mismatches: 0 });
}
