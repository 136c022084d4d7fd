import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RealError } from "../../src/errors.ts";
import { retryWhenAddressInUse } from "../../src/internal/retry-address.ts";
import { SupervisedProcess } from "../../src/internal/supervised-process.ts";
import { untilReady } from "../../src/internal/until-ready.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";
import { eventually } from "../fixtures/wait.ts";

const directory = temporaryDirectory();
let count = 0;
const shell = (script: string): Promise<SupervisedProcess> =>
  SupervisedProcess.start({
    name: "etcd",
    program: "/bin/sh",
    args: ["-c", script],
    logFile: join(directory, `${count++}.log`),
  });

describe("untilReady", () => {
  it("resolves when the probe answers true, after refusals and errors", async () => {
    await using child = await shell("sleep 60");
    const answers = [() => false, () => Promise.reject(new Error("refused")), () => true];
    await untilReady(child, async () => (answers.shift() ?? (() => true))(), { state: "healthy", every: 1 });
    expect(answers).toEqual([]);
  });

  it("fails at once when the process ends, with its last words", async () => {
    await using child = await shell("echo cannot open the database; exit 2");
    await expect(untilReady(child, async () => false, { state: "healthy", every: 5 })).rejects.toMatchObject({
      code: "start-failed",
      message: "etcd ended (exit code 2)\nlast lines of etcd:\n  cannot open the database",
    });
  });

  it("gives up after a while, with the last reason and the log", async () => {
    await using child = await shell("echo waiting for a leader; sleep 60");
    await eventually(() => child.log.text() !== "");
    const probe = (): Promise<boolean> => Promise.reject(new Error("connection refused"));
    await expect(untilReady(child, probe, { state: "healthy", every: 5, within: 100 })).rejects.toMatchObject({
      code: "not-ready",
      message: "etcd is not healthy after 0.1 s: connection refused\nlast lines of etcd:\n  waiting for a leader",
    });
  });
});

describe("retryWhenAddressInUse", () => {
  const taken = new RealError("start-failed", "etcd ended\n  listen tcp 127.0.0.1:1: bind: address already in use");

  it("tries again with other ports, three times in all", async () => {
    let attempts = 0;
    const start = async (): Promise<number> => {
      attempts++;
      if (attempts < 3) throw taken;
      return attempts;
    };
    expect(await retryWhenAddressInUse(start)).toBe(3);
    attempts = -10;
    await expect(retryWhenAddressInUse(start)).rejects.toBe(taken);
    expect(attempts).toBe(-7);
  });

  it("passes every other failure on", async () => {
    const other = new RealError("start-failed", "no such file");
    await expect(retryWhenAddressInUse(() => Promise.reject(other))).rejects.toBe(other);
  });
});
