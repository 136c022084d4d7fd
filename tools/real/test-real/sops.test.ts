import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { goDecryptTimes, run, sops, sopsVersions } from "../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "real-sops-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const plain = "apiVersion: v1\nkind: Secret\nstringData:\n    password: hunter2\n";
const otherVersion = { "3.13.3": "3.12.2", "3.12.2": "3.13.3" } as const;

async function newKey(): Promise<{ secret: string; recipient: string }> {
  const { stdout } = await run("age-keygen", []);
  const secret = /AGE-SECRET-KEY-\S+/.exec(stdout)?.[0] ?? "";
  const recipient = (await run("age-keygen", ["-y"], { input: stdout })).stdout.trim();
  return { secret, recipient };
}

describe.each(sopsVersions)("sops %s", (version) => {
  it("is that version", async () => {
    expect((await sops(["--version"], { version })).stdout).toContain(version);
  });

  it("encrypts what the other version decrypts", async () => {
    const { secret, recipient } = await newKey();
    const file = join(directory, `${version}.yaml`);
    writeFileSync(file, plain);
    await sops(["encrypt", "--in-place", "--age", recipient, "--encrypted-regex", "^stringData$", file], { version });
    const encrypted = readFileSync(file, "utf8");
    expect(encrypted).toContain("kind: Secret");
    expect(encrypted).not.toContain("hunter2");
    const other = otherVersion[version];
    expect((await sops(["decrypt", file], { version: other, ageKey: secret })).stdout).toBe(plain);
  });

  it("refuses a file that was tampered with, and one whose key it does not have", async () => {
    const { secret, recipient } = await newKey();
    const file = join(directory, `tampered-${version}.yaml`);
    writeFileSync(file, plain);
    await sops(["encrypt", "--in-place", "--age", recipient, "--encrypted-regex", "^stringData$", file], { version });
    await expect(sops(["decrypt", file], { version })).rejects.toMatchObject({ code: "command-failed" });
    writeFileSync(file, readFileSync(file, "utf8").replace("kind: Secret", "kind: ConfigMap"));
    const { status, stderr } = await sops(["decrypt", file], { version, ageKey: secret, allowFailure: true });
    expect(status).not.toBe(0);
    expect(stderr).toContain("MAC");
  });
});

it("is a Go package, too: our program on it opens every file of a folder, or fails", async () => {
  const { secret, recipient } = await newKey();
  const folder = join(directory, "go");
  mkdirSync(folder);
  for (const name of ["a.yaml", "b.yaml"]) {
    writeFileSync(join(folder, name), plain);
    await sops(["encrypt", "--in-place", "--age", recipient, join(folder, name)]);
  }
  const times = await goDecryptTimes(folder, secret);
  expect(times).toMatchObject({ files: 2, bytes: 2 * plain.length });
  expect(times.sequentialMs).toBeGreaterThan(0);
  expect(times.parallelMs).toBeGreaterThan(0);
  const file = join(folder, "b.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^kind: .*$/m, "kind: Secret"));
  await expect(goDecryptTimes(folder, secret)).rejects.toMatchObject({ code: "command-failed" });
});

describe("age", () => {
  it("makes post-quantum keys and decrypts what it encrypted to one", async () => {
    const { stdout } = await run("age-keygen", ["-pq"]);
    const recipient = (await run("age-keygen", ["-y"], { input: stdout })).stdout.trim();
    expect(recipient).toMatch(/^age1pq1/);
    const identity = join(directory, "pq.txt");
    writeFileSync(identity, stdout, { mode: 0o600 });
    const sealed = (await run("age", ["-a", "-r", recipient], { input: "secret" })).stdout;
    expect((await run("age", ["-d", "-i", identity], { input: sealed })).stdout).toBe("secret");
  });
});
