import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./fixtures/temporary.ts";

const cache = join(temporaryDirectory(), "cache");

async function real(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, IDSTACK_REAL_DIR: cache };
  const cli = join(import.meta.dirname, "../src/cli.ts");
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args], { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe("pnpm real", () => {
  it("explains itself", async () => {
    const { code, stdout } = await real("--help");
    expect(code).toBe(0);
    for (const command of ["list", "install", "path", "doctor", "clean", "crds:update"])
      expect(stdout).toContain(command);
  });

  it("lists every component", async () => {
    const { code, stdout } = await real("list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^component +version +state +programs\n/);
    expect(stdout).toMatch(/^spire +1\.15\.3 +(not installed|needs a tool: see doctor) +spire-server, spire-agent$/m);
  });

  it("refuses a component that does not exist", async () => {
    const { code, stderr } = await real("install", "spyre");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no component "spyre"/);
  });

  it("refuses a command that does not exist", async () => {
    const { code, stderr } = await real("isntall");
    expect(code).not.toBe(0);
    expect(stderr).toContain("Did you mean install?");
  });

  it("says how to install what is not there", async () => {
    const { code, stderr } = await real("path", "age-keygen");
    expect(code).toBe(1);
    expect(stderr).toMatch(/age 1\.3\.2 is not installed; run: pnpm real install age|Go is not installed/);
  });

  it("cleans a cache that does not exist", async () => {
    expect(await real("clean")).toMatchObject({ code: 0, stdout: `${cache} is empty\n` });
  });
});
