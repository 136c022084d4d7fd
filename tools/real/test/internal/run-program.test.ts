import { describe, expect, it } from "vitest";
import { runProgram } from "../../src/internal/run-program.ts";

const shell = (script: string, options = {}) => runProgram("/bin/sh", ["-c", script], options);

describe("runProgram", () => {
  it("gives input, takes output", async () => {
    expect(await shell("cat; echo warning >&2", { input: "grüße" })).toEqual({
      status: 0,
      stdout: "grüße",
      stderr: "warning\n",
    });
  });

  it("fails with the command and what the program said", async () => {
    await expect(shell("echo no such key >&2; exit 3")).rejects.toMatchObject({
      code: "command-failed",
      message: "/bin/sh -c echo no such key >&2; exit 3: exit code 3\n  no such key",
    });
  });

  it("returns a failure where one is expected", async () => {
    expect(await shell("exit 3", { allowFailure: true })).toMatchObject({ status: 3 });
  });

  it("takes a program that ends without reading its input", async () => {
    expect(await shell("exit 0", { input: "x".repeat(1_000_000) })).toMatchObject({ status: 0 });
  });

  it("ends a program that takes too long, with what it started", async () => {
    // Longer than the test may take.
    const script = "sleep 600 & sleep 600";
    expect(await shell(script, { timeout: 200, allowFailure: true })).toMatchObject({ status: 128 });
  });
});
