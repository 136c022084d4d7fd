import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clean } from "../src/commands/clean.ts";
import { install } from "../src/install.ts";
import { findInstalled } from "../src/installed.ts";
import { fakeComponent } from "./fixtures/fake-component.ts";
import { temporaryDirectory } from "./fixtures/temporary.ts";
import { eventually, isRunning } from "./fixtures/wait.ts";

const root = temporaryDirectory();
let count = 0;
function newCache(): string {
  const path = join(root, `cache ${count++}`);
  mkdirSync(path);
  return path;
}

class Output {
  text = "";
  write(text: string): void {
    this.text += text;
  }
}

/** A script that counts its runs in a file before it makes the program. */
const counting = (log: string, then = ""): string => `echo built >> '${log}'; ${then} echo tool > $1/tool`;
const runs = (log: string): number => readFileSync(log, "utf8").trim().split("\n").length;
const installElsewhere = (cache: string, script: string) =>
  spawn(process.execPath, [join(import.meta.dirname, "fixtures/install-fake.ts"), cache, script], {
    stdio: ["ignore", "pipe", "ignore"],
  });

describe("install", () => {
  it("builds once and finds the build afterwards", async () => {
    const [cache, output] = [newCache(), new Output()];
    const log = join(cache, "log");
    const component = fakeComponent({ script: counting(log) });
    const first = await install(component, { cache, output });
    expect(readFileSync(first.programs["tool"]!, "utf8")).toBe("tool\n");
    expect(await install(component, { cache, output })).toEqual(first);
    expect(runs(log)).toBe(1);
    expect(output.text).toMatch(/^fake 1\.0\.0: building tool, 0\.\d s so far\nfake 1\.0\.0: built in [\d.]+ s\n$/);
    expect(readdirSync(join(cache, "building"))).toEqual([]);
    expect(readdirSync(join(cache, "locks"))).toEqual([]);
  });

  it("says how long it took last time", async () => {
    const [cache, output] = [newCache(), new Output()];
    await install(fakeComponent({ input: "1" }), { cache, output: new Output() });
    await install(fakeComponent({ input: "2" }), { cache, output });
    expect(output.text).toMatch(/building tool, 0\.\d s so far, [\d.]+ s last time\n/);
  });

  it("builds again when an input changes, and keeps both", async () => {
    const cache = newCache();
    const first = await install(fakeComponent({ input: "1" }), { cache, output: new Output() });
    const second = await install(fakeComponent({ input: "2" }), { cache, output: new Output() });
    expect(second.key).not.toBe(first.key);
    expect(existsSync(first.directory)).toBe(true);
    expect(await clean([fakeComponent({ input: "2" })], true, cache)).toMatch(/^1 old builds/);
    expect([existsSync(first.directory), existsSync(second.directory)]).toEqual([false, true]);
    await clean([], false, cache);
    expect(existsSync(second.directory)).toBe(false);
  });

  it("does not trust a program of another size", async () => {
    const cache = newCache();
    const { programs } = await install(fakeComponent(), { cache, output: new Output() });
    chmodSync(programs["tool"]!, 0o755);
    writeFileSync(programs["tool"]!, "another");
    expect(await findInstalled(fakeComponent(), cache)).toBeUndefined();
    await install(fakeComponent(), { cache, output: new Output() });
    expect(readFileSync(programs["tool"]!, "utf8")).toBe("tool\n");
  });

  it("keeps nothing of a failed build, and shows the end of its log", async () => {
    const cache = newCache();
    const component = fakeComponent({ script: "echo half > $1/tool; echo what went wrong; exit 3" });
    await expect(install(component, { cache, output: new Output() })).rejects.toMatchObject({
      code: "build-failed",
      message: expect.stringMatching(
        /exit code 3 of \/bin\/sh .*\nlast lines of build of fake:\n {2}what went wrong$/s,
      ),
    });
    expect(existsSync(join(cache, "components"))).toBe(false);
    expect(readdirSync(join(cache, "building"))).toEqual([]);
  });

  it("fails when the recipe did not make what it promised", async () => {
    const component = fakeComponent({ script: "true" });
    await expect(install(component, { cache: newCache(), output: new Output() })).rejects.toThrow(
      /did not make .*tool$/,
    );
  });

  it("stops on demand and keeps nothing", async () => {
    const cache = newCache();
    const started = join(cache, "started");
    const controller = new AbortController();
    const component = fakeComponent({ script: `echo $$ > '${started}'; echo half > $1/tool; sleep 60` });
    const building = install(component, { cache, output: new Output(), signal: controller.signal });
    const pid = await eventually(() => (existsSync(started) && Number(readFileSync(started, "utf8"))) || undefined);
    controller.abort();
    await expect(building).rejects.toMatchObject({ code: "interrupted" });
    await eventually(() => !isRunning(pid));
    expect(existsSync(join(cache, "components"))).toBe(false);
    expect(readdirSync(join(cache, "building"))).toEqual([]);
    expect(readdirSync(join(cache, "locks"))).toEqual([]);
  });

  it("builds once when several processes want it at the same time", async () => {
    const cache = newCache();
    const log = join(cache, "log");
    const children = [1, 2, 3].map(() => installElsewhere(cache, counting(log, "sleep 0.5;")));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0]);
    expect(runs(log)).toBe(1);
  });

  it("recovers when a builder was killed: no process, no half build, and the next one builds", async () => {
    const cache = newCache();
    const started = join(cache, "started");
    const killed = installElsewhere(cache, `echo $$ > '${started}'; echo half > $1/tool; sleep 60`);
    const pid = await eventually(() => (existsSync(started) && Number(readFileSync(started, "utf8"))) || undefined);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await eventually(() => !isRunning(pid));
    expect(existsSync(join(cache, "components"))).toBe(false);
    const { programs } = await install(fakeComponent(), { cache, output: new Output() });
    expect(readFileSync(programs["tool"]!, "utf8")).toBe("tool\n");
    expect(readdirSync(join(cache, "building"))).toEqual([]);
  });

  it("says what is missing before it begins", async () => {
    const advice = { debian: "apt-get install thing", fedora: "", macos: "", nix: "" };
    const requirement = { name: "Thing 2", check: async () => ({ problem: "not installed" }), advice };
    await expect(install(fakeComponent({ requirement }), { cache: newCache(), output: new Output() })).rejects.toThrow(
      "fake needs Thing 2: not installed. `pnpm real doctor` tells how to get it.",
    );
  });
});
