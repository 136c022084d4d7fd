import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath, recordEvidence, run } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decrypt, encrypt, openKeyRing } from "../src/index.ts";

const PASSPHRASE = "correct horse battery staple";
const folder = mkdtempSync(join(tmpdir(), "sops-passphrase-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let recipient: string;
const files = { binary: join(folder, "keys.age"), armored: join(folder, "keys.txt") };

/** Runs a command on a terminal of its own, and answers each prompt for a passphrase. */
async function onTerminal(command: readonly string[], env: object, answer = PASSPHRASE): Promise<string> {
  const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const child = spawn("script", ["-qefc", line, "/dev/null"], {
    env: { PATH: process.env["PATH"], HOME: folder, ...env },
  });
  let [shown, prompts] = ["", 0];
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    const asked = shown.match(/passphrase[^:\n]*(?:\([^)]*\))?: ?/gi)?.length ?? 0;
    for (; prompts < asked; prompts += 1) child.stdin.write(`${answer}\n`);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code, shown).toBe(0);
  return shown.replaceAll("\r\n", "\n");
}

describe.skipIf(process.platform !== "linux")("identity files that age -p made", () => {
  beforeAll(async () => {
    const plain = join(folder, "plain.txt");
    writeFileSync(plain, (await run("age-keygen", [])).stdout);
    recipient = (await run("age-keygen", ["-y", plain])).stdout.trim();
    const age = await programPath("age");
    await onTerminal([age, "-p", "-o", files.binary, plain], {});
    await onTerminal([age, "-p", "-a", "-o", files.armored, plain], {});
    rmSync(plain);
  });

  test.each(["binary", "armored"] as const)("%s: opened with the passphrase, refused with another", async (kind) => {
    const text = await encrypt({ token: "hunter2" }, { recipients: [recipient] });
    const path = files[kind];
    expect(readFileSync(path, "latin1")).toMatch(kind === "binary" ? /^age-encryption\.org/ : /^-----BEGIN AGE/);
    const source = { env: { SOPS_AGE_KEY_FILE: path }, homeDir: "/nonexistent" };
    const asked: string[] = [];
    const passphrase = (name: string) => {
      asked.push(name);
      return PASSPHRASE;
    };
    const keyRing = openKeyRing({ ...source, passphrase });
    for (let times = 0; times < 2; times += 1) {
      expect((await decrypt(text, { keyRing })).data).toEqual({ token: "hunter2" });
    }
    expect(asked).toEqual([`SOPS_AGE_KEY_FILE (${path})`]);

    const wrong = await decrypt(text, { ...source, passphrase: () => "wrong-canary" }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: "no-identity-matches" });
    expect(String(wrong)).toMatch(/is not opened by the passphrase/);
    expect(String(wrong)).not.toMatch(/canary|horse/);
    await expect(decrypt(text, source)).rejects.toThrow(/is protected by a passphrase, and none was given/);
    await recordEvidence({
      component: "age",
      proves: `identity files that age -p made (${kind}) are opened`,
      checked: 4,
      unit: "decryptions",
      mismatches: 0,
    });
  });

  test.each(["3.13.3", "3.12.2"])("sops %s opens the same file with the same passphrase", async (version) => {
    const file = join(folder, "a.yaml");
    writeFileSync(file, await encrypt({ token: "hunter2" }, { recipients: [recipient] }));
    const sops = await programPath(version === "3.13.3" ? "sops" : `sops-${version}`);
    const shown = await onTerminal([sops, "decrypt", file], {
      SOPS_AGE_KEY_FILE: files.armored,
      SOPS_DISABLE_VERSION_CHECK: "true",
    });
    expect(shown).toContain("token: hunter2");
  });
});
