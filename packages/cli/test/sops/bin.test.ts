import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { runSops, type SopsHome, sopsHome } from "../support/sops.ts";

const bin = join(import.meta.dirname, "../../src/sops-bin.ts");

function start(args: readonly string[], { folder, env }: SopsHome): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ["--conditions=@idstack/source", bin, ...args], { cwd: folder, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function encrypted(): Promise<SopsHome> {
  const home = await sopsHome({ "e.yaml": "token: s3cret\n" });
  await runSops(["encrypt", "-i", "e.yaml"], home);
  return home;
}

it("runs as a program, with its exit status", async () => {
  const home = await encrypted();
  const child = start(["decrypt", "--input-type", "yaml", "--output-type", "yaml"], home);
  child.stdin.end(readFileSync(home.path("e.yaml")));
  const [out, [status]] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect([out, status]).toEqual(["token: s3cret\n", 0]);
  const [failed] = await once(start(["decrypt", "none.yaml"], home), "close");
  expect(failed).toBe(100);
});

it.each(["SIGTERM", "SIGHUP"] as const)(
  "%s while the editor is open: the plaintext is gone, the file as it was",
  async (signal) => {
    const home = await encrypted();
    const before = readFileSync(home.path("e.yaml"), "utf8");
    const fifo = home.path("opened");
    // Tells where the plaintext is, once it is there, and stays open.
    writeFileSync(
      home.path("editor.sh"),
      `#!/bin/sh\necho changed >> "$1"\necho "$1" > "${fifo}.part"\nmv "${fifo}.part" "${fifo}"\nexec cat\n`,
      {
        mode: 0o755,
      },
    );
    const child = start(["e.yaml"], { ...home, env: { ...home.env, EDITOR: `"${home.path("editor.sh")}"` } });
    const closed = once(child, "close");
    await expect.poll(() => existsSync(fifo), { timeout: 50_000, interval: 20 }).toBe(true);
    const plain = readFileSync(fifo, "utf8").trim();
    expect(readFileSync(plain, "utf8")).toContain("s3cret");
    child.kill(signal);
    expect((await closed)[0]).toBe(1);
    expect(existsSync(plain)).toBe(false);
    expect(readFileSync(home.path("e.yaml"), "utf8")).toBe(before);
  },
);
