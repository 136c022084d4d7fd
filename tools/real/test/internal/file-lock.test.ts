import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireFileLock, type LockOwner } from "../../src/internal/file-lock.ts";
import { isAlive, thisProcess } from "../../src/internal/process-identity.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";
import { eventually } from "../fixtures/wait.ts";

const directory = temporaryDirectory();
const holder = join(import.meta.dirname, "../fixtures/hold-lock.ts");
const hold = (lock: string, log: string, times: number): ChildProcess =>
  spawn(process.execPath, [holder, lock, log, String(times)], { stdio: "inherit" });

describe("acquireFileLock", () => {
  it("lets one process in at a time", async () => {
    const [lock, log] = [join(directory, "shared"), join(directory, "shared.log")];
    const children = [hold(lock, log, 5), hold(lock, log, 5), hold(lock, log, 5)];
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(30);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1]).toBe(lines[index]?.replace("in", "out"));
    }
    expect(existsSync(lock)).toBe(false);
  });

  it("is taken over from an owner that was killed, by one of many at a time", async () => {
    const [lock, log] = [join(directory, "stale"), join(directory, "stale.log")];
    const dying = hold(lock, log, 0);
    await eventually(() => existsSync(log));
    dying.kill("SIGKILL");
    await once(dying, "exit");
    writeFileSync(log, "");
    const children = [hold(lock, log, 3), hold(lock, log, 3), hold(lock, log, 3)];
    await Promise.all(children.map((child) => once(child, "exit")));
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(18);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1]).toBe(lines[index]?.replace("in", "out"));
    }
    expect(readdirSync(directory).filter((name) => name.startsWith("stale") && name !== "stale.log")).toEqual([]);
  });

  it("tells who holds it and why, and stops waiting on demand", async () => {
    const path = join(directory, "told");
    await using _lock = await acquireFileLock(path, { purpose: "building spire" });
    const owners: LockOwner[] = [];
    const controller = new AbortController();
    const waiting = acquireFileLock(path, {
      purpose: "too",
      signal: controller.signal,
      onWait: (owner) => {
        owners.push(owner);
        controller.abort();
      },
    });
    await expect(waiting).rejects.toThrow();
    expect(owners).toMatchObject([{ purpose: "building spire", process: { pid: process.pid } }]);
  });

  it("does not take a process for the owner because it has the owner's number", async () => {
    const path = join(directory, "reused");
    const owner = { id: "1", process: { ...thisProcess(), started: "long ago" }, purpose: "", since: 0 };
    writeFileSync(path, JSON.stringify(owner));
    await using _lock = await acquireFileLock(path, { purpose: "test" });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ process: { pid: process.pid } });
  });
});

describe("isAlive", () => {
  it("knows this process, not one that began at another time, and nothing about other machines", () => {
    const self = thisProcess();
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, started: "0" })).toBe(false);
    expect(isAlive({ ...self, machine: "elsewhere" })).toBeUndefined();
  });
});
