import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { encrypt, generateIdentity, type Selection, SopsError } from "../src/index.ts";
import { inParallel } from "../test/generated-interop.ts";
import { ODD_PATTERNS, PATTERN_KEYS, pattern } from "../test/generated-patterns.ts";

const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const numRuns = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 2000 : 60));

const { recipient } = await generateIdentity();
const recipients = [recipient];
const folder = mkdtempSync(join(tmpdir(), "sops-patterns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const plain = JSON.stringify(Object.fromEntries(PATTERN_KEYS.map((key) => [key, "x"])));

test("a pattern selects the same keys as in sops 3.13.3; what RE2 rejects is refused, not written in plaintext", async () => {
  const all = [...new Set([...ODD_PATTERNS, ...fc.sample(pattern, { numRuns, seed })])].filter((one) => one !== "");
  const mismatches: string[] = [];
  const outcome = { same: 0, refused: 0 };
  await inParallel(all, async (one, worker) => {
    const file = join(folder, `${worker}.json`);
    writeFileSync(file, plain);
    const config = join(folder, `${worker}.sops.yaml`);
    writeFileSync(config, JSON.stringify({ creation_rules: [{ age: recipient, encrypted_regex: one }] }));
    const result = await sops(["--config", config, "encrypt", file], { cwd: folder, allowFailure: true });
    const theirs = result.status === 0 ? sealedKeys(result.stdout) : undefined;
    const ours = await sealedBy({ encryptedRegex: one });
    const inverted = await sealedBy({ unencryptedRegex: one });
    if (ours === undefined) {
      // sops ignores a pattern that does not compile, and encrypts nothing.
      if (theirs !== undefined && theirs.length > 0) mismatches.push(`${one}: refused, sops seals ${theirs}`);
      outcome.refused += 1;
      return;
    }
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) mismatches.push(`${one}: ${ours} instead of ${theirs}`);
    const rest = PATTERN_KEYS.filter((key) => !ours.includes(key)).sort();
    if (JSON.stringify(inverted) !== JSON.stringify(rest)) mismatches.push(`${one}: unencrypted_regex is no opposite`);
    outcome.same += 1;
  });
  expect(mismatches).toEqual([]);
  expect(outcome.refused).toBeGreaterThan(10);
  await recordEvidence({
    component: "sops",
    version: "3.13.3",
    proves: "patterns select what they select in sops",
    checked: outcome.same,
    unit: "patterns",
    mismatches: 0,
  });
});

async function sealedBy(rule: Selection): Promise<string[] | undefined> {
  try {
    return sealedKeys(await encrypt(plain, { ...rule, recipients, format: "json" }));
  } catch (error) {
    if (error instanceof SopsError && error.code === "invalid-regex") return undefined;
    throw error;
  }
}

function sealedKeys(text: string): string[] {
  const data = JSON.parse(text) as Record<string, unknown>;
  return Object.keys(data)
    .filter((key) => key !== "sops" && String(data[key]).startsWith("ENC["))
    .sort();
}
