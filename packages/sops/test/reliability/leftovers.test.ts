import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { replaceFile } from "../../src/index.ts";
import { replacedBy, temporaryFor } from "../../src/internal/leftovers.ts";
import { temporaryFolder } from "../helpers.ts";
import { child, ended } from "./child.ts";

/** Above the largest number of a process: the number of one that has ended may be in use again. */
const DEAD = 4_194_999;
const HOUR = 3600;

/** A file beside `target` that process `pid` would write through. */
async function leftover(target: string, pid: number, age = 0, machine?: string): Promise<string> {
  const [, owner] = /\.([0-9a-f]+)-\d+-[0-9a-f]+\.tmp$/.exec(await temporaryFor(target)) ?? [];
  const path = join(dirname(target), `.${basename(target)}.${machine ?? owner}-${pid}-01234567.tmp`);
  writeFileSync(path, "hunter2");
  const then = Date.now() / 1000 - age;
  utimesSync(path, then, then);
  return path;
}

function target(name = "s.yaml"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, "old");
  // Whatever the umask.
  chmodSync(path, 0o644);
  return path;
}

/** Makes a write of `s.yaml` wait right before its last step. */
function heldLock(folder: string): string {
  const lock = join(folder, ".s.yaml.idstack-lock");
  writeFileSync(lock, `${hostname()} ${process.pid} x\n`);
  utimesSync(lock, Date.now() / 1000 + HOUR, Date.now() / 1000 + HOUR);
  return lock;
}

test("what a write leaves that is killed before its last step is its owner's alone, and the next write removes it", async () => {
  const path = target();
  const folder = dirname(path);
  const lock = heldLock(folder);
  const writer = child(`await sops.replaceFile(${JSON.stringify(path)}, "hunter2");`);
  const end = ended(writer);
  const found = await vi.waitFor(
    () => {
      const [name] = readdirSync(folder).filter((each) => replacedBy(each) === "s.yaml");
      expect(name === undefined ? "" : readFileSync(join(folder, name), "utf8")).toBe("hunter2");
      return join(folder, name ?? "");
    },
    { timeout: 50_000 },
  );
  writer.kill("SIGKILL");
  expect((await end).signal).toBe("SIGKILL");
  expect(statSync(path).mode & 0o044).toBe(0o044);
  expect(statSync(found).mode & 0o777).toBe(0o600);
  rmSync(lock);

  await replaceFile(path, "new");
  expect(readdirSync(folder)).toEqual(["s.yaml"]);
  expect(statSync(path).mode & 0o044).toBe(0o044);
});

describe("the next write removes", () => {
  test.each([
    ["of a process that is gone", DEAD, 0, undefined],
    ["of another machine, an hour ago", 1, HOUR + 60, "ffffffff"],
    ["of a process that had our number before us", process.pid, 24 * HOUR, undefined],
  ])("one %s", async (_, pid, age, machine) => {
    const path = target();
    await leftover(path, pid, age, machine);
    await replaceFile(path, "new");
    expect(readdirSync(dirname(path))).toEqual(["s.yaml"]);
  });

  test("those of the file a link names", async () => {
    const path = target();
    const link = join(temporaryFolder(), "link.yaml");
    symlinkSync(path, link);
    await leftover(path, DEAD);
    await replaceFile(link, "new");
    expect(readdirSync(dirname(path))).toEqual(["s.yaml"]);
  });
});

describe("the next write leaves alone", () => {
  test.each([
    ["of a process that runs", process.ppid, 48 * HOUR, undefined],
    ["that this process writes at the same time", process.pid, 0, undefined],
    ["of another machine that may still write it", DEAD, HOUR - 60, "ffffffff"],
    ["with a time to come", DEAD, -HOUR, "ffffffff"],
  ])("one %s", async (_, pid, age, machine) => {
    const path = target();
    const found = await leftover(path, pid, age, machine);
    await replaceFile(path, "new");
    expect(existsSync(found)).toBe(true);
  });

  test("those of other files, with whatever name", async () => {
    const path = target("s.yaml");
    const others = [];
    for (const name of ["t.yaml", "a.s.yaml", "sxyaml", "s.yaml.b", ".s.yaml"]) {
      others.push(await leftover(join(dirname(path), name), DEAD));
    }
    for (const name of [".s.yaml.0123456789ab.tmp", ".s.yaml.tmp", "s.yaml.01234567-1-01234567.tmp"]) {
      others.push(join(dirname(path), name));
      writeFileSync(join(dirname(path), name), "");
    }
    await replaceFile(path, "new");
    expect(readdirSync(dirname(path)).sort()).toEqual([...others.map((each) => basename(each)), "s.yaml"].sort());
  });

  test("links and folders with such a name", async () => {
    const path = target();
    const elsewhere = target("precious");
    const link = await leftover(path, DEAD);
    rmSync(link);
    symlinkSync(elsewhere, link);
    const folder = link.replace("01234567.tmp", "89abcdef.tmp");
    mkdirSync(folder);
    await replaceFile(path, "new");
    expect(readFileSync(link, "utf8")).toBe("old");
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});

test("names with dots, spaces and line breaks come back from the name of a leftover", async () => {
  for (const name of ["a", ".env", "a b.enc.yaml", "two\nlines", ".a.01234567-1-01234567.tmp"]) {
    expect(replacedBy(basename(await temporaryFor(`/x/${name}`)))).toBe(name);
  }
  expect(replacedBy("a.yaml")).toBeUndefined();
});

test("a writer whose file was taken away writes nothing and says so", async () => {
  const path = target();
  const folder = dirname(path);
  const lock = heldLock(folder);
  const write = replaceFile(path, "new").catch((error: unknown) => error);
  const name = await vi.waitFor(
    () => {
      const [found] = readdirSync(folder).filter((each) => replacedBy(each) !== undefined);
      if (found === undefined || statSync(join(folder, found)).size === 0) throw new Error("not yet");
      return found;
    },
    { timeout: 50_000 },
  );
  renameSync(join(folder, name), join(folder, "away"));
  rmSync(lock);
  expect(await write).toMatchObject({ code: "write-failed", file: path });
  expect(readFileSync(path, "utf8")).toBe("old");
});
