import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath, recordEvidence } from "@idstack/tool-real";
import { afterAll, expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, openSops } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "sops-exec-real-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("sops 3.13.3 as the backend gives what this package gives", async () => {
  const { identity, recipient } = await generateIdentity();
  const identities = [identity];
  const sops = await openSops({ path: await programPath("sops"), env: { PATH: process.env["PATH"], HOME: folder } });
  expect([sops.version, sops.warnings]).toEqual(["3.13.3", []]);
  let checked = 0;
  for (const [file, plain] of [
    ["a.yaml", "user: web\nlist:\n    - 1\n"],
    ["a.json", '{\n\t"user": "web"\n}\n'],
    ["a.env", "user=web\n"],
    ["a.ini", "[x]\nuser = web\n"],
  ] as const) {
    const theirs = await sops.encrypt(plain, { recipients: [recipient], file });
    expect((await decrypt(theirs, { identities, file })).text).toBe(plain);
    const ours = await encrypt(plain, { recipients: [recipient], file });
    expect(await sops.decrypt(ours, { identities, file })).toBe(plain);
    await expect(sops.decrypt(ours, { identities: [], file })).rejects.toMatchObject({ code: "no-identity-matches" });
    checked += 3;
  }
  await recordEvidence({
    component: "sops",
    version: "3.13.3",
    proves: "the exec backend agrees",
    checked,
    unit: "files",
    mismatches: 0,
  });
});
