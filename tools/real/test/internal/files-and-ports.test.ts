import { once } from "node:events";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheDirectory } from "../../src/internal/cache-directory.ts";
import { digestFiles, digestOf } from "../../src/internal/digest.ts";
import { formatDuration } from "../../src/internal/duration.ts";
import { LogFile } from "../../src/internal/log-file.ts";
import { freePorts } from "../../src/internal/ports.ts";
import { privateDirectory } from "../../src/internal/private-directory.ts";
import { Progress } from "../../src/internal/progress.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";

const directory = temporaryDirectory();

describe("LogFile", () => {
  it("gives the last lines, also with a name in front", () => {
    const path = join(directory, "log");
    writeFileSync(path, `${Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n")}\n`);
    const log = new LogFile("etcd", path);
    expect(log.tail(2)).toBe("line 28\nline 29");
    expect(log.tail().split("\n")).toHaveLength(20);
    expect(log.excerpt(2)).toBe("last lines of etcd:\n  line 28\n  line 29");
  });

  it("is empty when nothing was written, or no file made", () => {
    expect(new LogFile("etcd", join(directory, "none")).text()).toBe("");
    expect(new LogFile("etcd", join(directory, "none")).excerpt()).toBe("(etcd wrote nothing)");
  });
});

describe("freePorts", () => {
  it("gives different ports that can be listened on", async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      const server = createServer().listen(port, "127.0.0.1");
      await once(server, "listening");
      server.close();
    }
  });
});

describe("privateDirectory", () => {
  it("is for this user only, short, and gone afterwards", async () => {
    const created = await privateDirectory("spire");
    expect(statSync(created.path).mode & 0o777).toBe(0o700);
    // A socket's path may have 104 bytes on macOS, whose temporary directories take about 50.
    expect(join(created.path, "a0", "admin", "api.sock").length - created.path.lastIndexOf("/")).toBeLessThan(50);
    await created[Symbol.asyncDispose]();
    expect(existsSync(created.path)).toBe(false);
  });
});

describe("cacheDirectory", () => {
  it("is chosen by IDSTACK_REAL_DIR, else XDG_CACHE_HOME, else the system", () => {
    expect(cacheDirectory({ IDSTACK_REAL_DIR: "/builds", XDG_CACHE_HOME: "/cache" })).toBe("/builds");
    expect(cacheDirectory({ IDSTACK_REAL_DIR: "", XDG_CACHE_HOME: "/cache" })).toBe("/cache/idstack/real");
    expect(cacheDirectory({ XDG_CACHE_HOME: "relative" }, "linux")).toBe(join(homedir(), ".cache/idstack/real"));
    expect(cacheDirectory({}, "darwin")).toBe(join(homedir(), "Library/Caches/idstack/real"));
  });
});

describe("digests", () => {
  it("do not depend on the order of facts, but on every name and value", () => {
    expect(digestOf({ a: "1", b: "2" })).toBe(digestOf({ b: "2", a: "1" }));
    expect(new Set([{ a: "1" }, { a: "2" }, { b: "1" }, { a: "1", b: "" }].map(digestOf)).size).toBe(4);
  });

  it("cover files in subdirectories, not hidden ones", async () => {
    const tree = join(directory, "tree");
    mkdirSync(join(tree, "sub"), { recursive: true });
    for (const file of ["one", "sub/two", ".hidden"]) writeFileSync(join(tree, file), file);
    expect(Object.keys(await digestFiles(tree)).sort()).toEqual(["one", "sub/two"]);
  });
});

describe("formatDuration", () => {
  it.each([
    [420, "0.4 s"],
    [12_345, "12 s"],
    [59_400, "59 s"],
    [185_000, "3 min 05 s"],
    [119_700, "2 min 00 s"],
  ])("writes %d ms as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("Progress", () => {
  it("keeps to one line on a terminal", () => {
    let text = "";
    const output = { isTTY: true, write: (more: string) => (text += more) };
    {
      using progress = new Progress(output, "spire", "5 min 02 s last time");
      progress.phase("building spire-server (1 of 2)");
      progress.done("built");
    }
    expect(text).toBe(
      "\r\x1b[Kspire: building spire-server (1 of 2), 0.0 s so far, 5 min 02 s last time\r\x1b[Kspire: built in 0.0 s\n\r\x1b[K",
    );
  });
});
