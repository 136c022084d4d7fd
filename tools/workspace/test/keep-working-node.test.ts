import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";

const script = join(import.meta.dirname, "../src/keep-working-node.sh");
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "idstack-bin-"));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

describe("the Node that the workspace brings", () => {
  it("stays where it starts", () => {
    symlinkSync(process.execPath, join(bin, "node"));
    expect(run("sh", [script, bin], { cwd: bin }).output).toBe("");
    expect(existsSync(join(bin, "node"))).toBe(true);
  });

  it("gives way where it does not, with a word about it", () => {
    writeFileSync(join(bin, "node"), "#!/lib/no-such-loader\n", { mode: 0o755 });
    const { status, output } = run("sh", [script, bin], { cwd: bin });
    expect(status).toBe(0);
    expect(output).toContain("does not start on this system");
    expect(existsSync(join(bin, "node"))).toBe(false);
  });

  it("may be missing", () => {
    expect(run("sh", [script, bin], { cwd: bin })).toMatchObject({ status: 0, output: "" });
  });
});

describe("a Node that is too old", () => {
  it("is told so, with what to do", () => {
    const check = join(import.meta.dirname, "../src/check-node.mjs");
    const pretend = `Object.defineProperty(process.versions, "node", { value: "20.20.2" });await import(${JSON.stringify(check)})`;
    const { status, output } = run("node", ["--input-type=module", "--eval", pretend], { cwd: bin });
    expect(status).toBe(1);
    expect(output).toContain("Node >= 22.18, and this is Node 20.20.2");
  });
});
