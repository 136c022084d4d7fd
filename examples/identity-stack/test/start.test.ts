import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { renderStack } from "idstack";
import { describe, expect, it } from "vitest";
import stack from "../stack.config.ts";

const example = join(import.meta.dirname, "..");

describe("the committed tree", () => {
  it("is what the declaration renders to", async () => {
    const { changes, diagnostics } = await renderStack(stack, {
      cwd: example,
      config: "stack.config.ts",
      out: "rendered",
      check: true,
    });
    expect(changes).toEqual([]);
    expect(diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
  });
});

describe("start", () => {
  it("does all five steps, says so on a screenful, and exits 0", { timeout: 300_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@idstack/source", "start.ts"], {
      cwd: example,
      env: { ...process.env, NO_COLOR: "1" },
    });
    expect(stdout).not.toContain("FAIL");
    expect(stdout.split("Summary")[1]?.match(/ok {4}(render|prove|secrets|run|audit)/g)).toHaveLength(5);
    expect(stdout).toMatch(/\d+ objects of \d+ kinds in \d+ files, 0 changed/);
    expect(stdout).toMatch(/requests during \d+ rotations of the api's SVID and \d+ of the web's: 0 failed/);
    expect(stdout).toMatch(/before\/apps\/image-without-tag\.yaml:\d+ {2}image-tag/);
    // The README at the root shows this summary; only times and the number of requests change.
    const varying = (text: string) => text.replaceAll(/\([\d.]+ s\)|of \d+ requests/g, "…");
    const readme = await readFile(join(example, "../../README.md"), "utf8");
    expect(varying(readme)).toContain(varying(stdout.slice(stdout.indexOf("Summary")).trimEnd()));
    const { mode } = await stat(join(example, ".idstack-local/keys/keys.txt"));
    expect(mode & 0o777).toBe(0o600);
  });
});
