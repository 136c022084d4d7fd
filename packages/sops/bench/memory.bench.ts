/**
 * The peak of memory when binary files of 50 and 100 MB are encrypted in place and decrypted, each in a process of its own,
 * as multiples of the file. What Node.js takes before it begins is in it and shown apart.
 *
 *     node --conditions=@idstack/source bench/memory.bench.ts
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decryptFile, encryptFile, generateIdentity } from "../src/index.ts";

const [self = "", step, file = "", key = ""] = process.argv.slice(1);

if (step === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "sops-bench-"));
  const { identity, recipient } = await generateIdentity();
  for (const size of [50, 100]) {
    const path = join(folder, `${size}MB`);
    writeFileSync(path, randomBytes(size * 1_000_000));
    console.log(`encrypt ${size} MB: ${peak("encrypt", path, size, recipient)}`);
    console.log(`decrypt ${size} MB: ${peak("decrypt", path, size, identity)}`);
  }
  rmSync(folder, { recursive: true });
} else {
  const before = process.resourceUsage().maxRSS;
  if (step === "encrypt") await encryptFile(file, { recipients: [key], format: "binary" });
  else await decryptFile(file, { identities: [key], format: "binary" });
  console.log(`${process.resourceUsage().maxRSS} ${before}`);
}

/** The identity of this bench protects nothing but random bytes: it may be an argument. */
function peak(act: string, path: string, size: number, ageKey: string): string {
  const args = ["--conditions=@idstack/source", self, act, path, ageKey];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const [all = Number.NaN, before = Number.NaN] = stdout.trim().split(" ").map(Number);
  if (Number.isNaN(all)) throw new Error(stderr);
  const times = (kilobytes: number) => (kilobytes / (size * 1000)).toFixed(1);
  return `${times(all)} × the file (goal ≤ 8), of which ${times(before)} before it began`;
}
