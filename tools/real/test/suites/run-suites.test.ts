import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { realSuites, runSuites } from "../../src/suites/run-suites.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";
import { eventually, isRunning } from "../fixtures/wait.ts";

const directory = temporaryDirectory();
const runner = join(import.meta.dirname, "../fixtures/run-suites.ts");

function start(suites: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  // The variables by which Vitest knows its own workers are not for the Vitest below.
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$/.test(name)));
  return spawn(process.execPath, [runner, ...suites], {
    env: { ...clean, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
}

describe("runSuites", () => {
  it("tells which suites passed", async () => {
    const passing = start(["quick", "quick"], {});
    expect(await text(passing.stdout!)).toContain('[["quick",true],["quick",true]]');
    const failing = start(["quick"], { SUITE_FAILS: "yes" });
    expect(await text(failing.stdout!)).toContain('[["quick",false]]');
  }, 120_000);

  it.each(["SIGKILL", "SIGTERM"] as const)(
    "leaves nothing running after %s",
    async (signal) => {
      const notes = join(directory, signal);
      const parent = start(["endless"], { SUITE_NOTES: notes });
      const ended = once(parent, "exit");
      const pids = await eventually(() => existsSync(notes) && readFileSync(notes, "utf8").match(/\d+/g)?.map(Number));
      expect(pids.every(isRunning)).toBe(true);
      parent.kill(signal);
      await eventually(() => !pids.some(isRunning));
      await ended;
    },
    120_000,
  );

  it("names the suites there are when it is given another", async () => {
    await expect(runSuites(["packages/none"], new AbortController().signal)).rejects.toThrow(
      /packages\/none has no real suite\. There are: .*tools\/real.*packages\/reach/,
    );
    expect(realSuites()).toContain("tools/real");
  });
});
