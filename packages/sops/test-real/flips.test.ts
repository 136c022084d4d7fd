import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, type Plaintext, SopsError, type SopsFormat } from "../src/index.ts";

/** Each byte in the long run; every so-manieth otherwise. Each byte has one of its bits changed, another at each place. */
const LONG = process.env["IDSTACK_LONG"] === "1";
const SAMPLE = 120;

const { identity, recipient } = await generateIdentity();
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-flips-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const YAML = "# top\nuser: web # who\nlist:\n  - 1\n  - true\nplain_unencrypted: 1\nnone: null\n";
const FILES: readonly (readonly [SopsFormat, string, Plaintext])[] = [
  ["yaml", "yaml", YAML],
  ["json", "json", { user: "web", list: [1, true, 2.5], plain_unencrypted: { a: 1, b: "x" }, none: null }],
  ["dotenv", "env", "# top\nUSER=web\nTEXT=a\\nb\nPLAIN_unencrypted=1\n"],
  ["ini", "ini", "top = 1\n\n; about\n[s]\nuser = web\nplain_unencrypted = 1\n"],
  ["binary", "bin", Uint8Array.from({ length: 64 }, (_, index) => index * 5)],
];

describe.each(FILES)("%s", (format, extension, plain) => {
  test("a changed byte is refused, or means what it means to sops 3.13.3", async () => {
    const bytes = Buffer.from(await encrypt(plain, { recipients: [recipient], format, emit: "sops" }));
    const step = LONG ? 1 : Math.max(1, Math.floor(bytes.length / SAMPLE));
    const file = join(folder, `flipped.${extension}`);
    let flips = 0;
    let accepted = 0;
    const mismatches: string[] = [];
    for (let at = 0; at < bytes.length; at += step) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      flips += 1;
      const ours = await attempt(flipped, format);
      if (ours === undefined) continue;
      accepted += 1;
      writeFileSync(file, flipped);
      const theirs = await sops(["decrypt", file], { ageKey: identity, cwd: folder, allowFailure: true });
      const where = `bit ${at % 8} of byte ${at}: ${JSON.stringify(flipped.toString("latin1").slice(Math.max(0, at - 30), at + 30))}`;
      if (theirs.status !== 0 || ours !== theirs.stdout) mismatches.push(`${where}: ${theirs.stderr.slice(0, 200)}`);
    }
    expect(mismatches).toEqual([]);
    expect(accepted).toBeLessThan(flips);
    await recordEvidence({
      component: "sops",
      version: "3.13.3",
      proves: `a flipped byte of a ${format} file is refused, or read as sops reads it`,
      checked: flips,
      unit: "bytes",
      mismatches: 0,
    });
  });
});

async function attempt(bytes: Buffer, format: SopsFormat): Promise<string | undefined> {
  try {
    const { text, bytes: plain } = await decrypt(bytes, { identities, format, emit: "sops" });
    return format === "binary" ? Buffer.from(plain).toString("utf8") : text;
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}
