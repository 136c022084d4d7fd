import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, SopsError, type SopsFormat } from "../src/index.ts";
import { FLIP_SAMPLES } from "../test/flip-samples.ts";

/**
 * Each byte in the long run; every so-manieth otherwise. Each byte has one of its bits changed, two in
 * the long run, others at each place. */
const LONG = process.env["IDSTACK_LONG"] === "1";
const SAMPLE = 60;

const { identity, recipient } = await generateIdentity();
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-flips-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = FLIP_SAMPLES.flatMap(([format, extension, plain]) =>
  (["sops", "source"] as const).map((emit) => [format, emit, extension, plain] as const),
);

describe.each(FILES)("%s, emit: %s", (format, emit, extension, plain) => {
  test("a changed byte is refused, or means what it means to sops 3.13.3", async () => {
    const bytes = Buffer.from(await encrypt(plain, { recipients: [recipient], format, emit }));
    const step = LONG ? 1 : Math.max(1, Math.floor(bytes.length / SAMPLE));
    const file = join(folder, `flipped.${extension}`);
    let flips = 0;
    let accepted = 0;
    const mismatches: string[] = [];
    for (let at = 0; at < bytes.length; at += step) {
      for (const bit of LONG ? [at % 8, (at + 3) % 8] : [at % 8]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        flips += 1;
        const ours = await attempt(flipped, format);
        if (ours === undefined) continue;
        accepted += 1;
        writeFileSync(file, flipped);
        const theirs = await sops(["decrypt", file], { ageKey: identity, cwd: folder, allowFailure: true });
        const where = `bit ${bit} of byte ${at}: ${JSON.stringify(flipped.toString("latin1").slice(Math.max(0, at - 30), at + 30))}`;
        // A comment that sops cannot open stays sealed in what it prints; see comment-left-encrypted in the README.
        const same = ours === theirs.stdout || withoutComments(ours) === withoutComments(theirs.stdout);
        if (theirs.status !== 0 || !same) mismatches.push(`${where}: ${theirs.stderr.slice(0, 200)}`);
      }
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

const withoutComments = (text: string): string => text.replace(/#.*/g, "#");

async function attempt(bytes: Buffer, format: SopsFormat): Promise<string | undefined> {
  try {
    const { text, bytes: plain } = await decrypt(bytes, { identities, format, emit: "sops" });
    return format === "binary" ? Buffer.from(plain).toString("utf8") : text;
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}
