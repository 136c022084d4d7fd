import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { example, home, temporary } from "./support/home.ts";
import { runProcess } from "./support/run.ts";

const bin = join(import.meta.dirname, "../src/bin.ts");
const main = join(import.meta.dirname, "../src/main.ts");
const sources = "--conditions=@idstack/source";

it("prints its version", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  expect(await runProcess(["--version"], example)).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

it("exits with the status of its command", async () => {
  const folder = home();
  expect((await runProcess(["rendr"], folder)).status).toBe(2);
  expect((await runProcess(["schemas", "list", "no such kind"], folder)).status).toBe(1);
});

it("writes no colours into a pipe", async () => {
  const { status, stdout } = await runProcess(["audit", "before"], example);
  expect(status).toBe(1);
  expect(stdout).toContain("before/apps/misspelt-field.yaml:7:3 error schema-unknown-field");
  expect(stdout).not.toContain("\u001b");
});

it("says nothing when its reader goes away", async () => {
  const child = spawn(process.execPath, [sources, bin, "schemas", "list", "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Gone before the first byte.
  child.stdout.destroy();
  const status = new Promise((resolve) => child.once("close", resolve));
  expect(await text(child.stderr)).toBe("");
  expect(await status).toBe(0);
});

it.skipIf(!existsSync("/dev/full"))("fails when its output cannot be written", () => {
  const { status, stderr } = spawnSync(process.execPath, [sources, bin, "schemas", "list"], {
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    encoding: "utf8",
  });
  expect(stderr).toMatch(/^idstack: the output cannot be written: ENOSPC.*\n$/);
  expect(status).toBe(3);
});

it("keeps what a declaration prints off stdout", async () => {
  const folder = home((declaration) => `console.log("hello from the declaration");\n${declaration}`);
  const { status, stdout, stderr } = await runProcess(["render", "--json"], folder);
  expect(JSON.parse(stdout)).toMatchObject({ out: "rendered" });
  expect(stderr).toBe("hello from the declaration\n");
  expect(status).toBe(0);
});

it("ends when its command is done, whatever a declaration left running", async () => {
  const folder = home((declaration) => `setInterval(() => {}, 60_000);\n${declaration}`);
  expect(await runProcess(["render"], folder)).toMatchObject({ status: 0, stderr: "" });
});

describe("a declaration that misbehaves while it is loaded", () => {
  it.each([
    ["ends the process", "process.exit(0);\n", "cut-short"],
    ["awaits what never comes", "await new Promise(() => {});\n", "cut-short"],
    [
      "leaves a rejected promise",
      'void Promise.reject(new Error("later"));\nawait new Promise(() => {});\n',
      "unexpected",
    ],
  ])("%s: status 3, never 0 or 1", async (_, code, error) => {
    const folder = temporary({ "stack.config.ts": `${code}export default {};\n` });
    const text = await runProcess(["render", "--check"], folder);
    expect(text).toMatchObject({ status: 3, stdout: "" });
    expect(text.stderr).toMatch(/^idstack: (ended before|Error: later)/);
    const json = await runProcess(["render", "--check", "--json"], folder);
    expect(json).toMatchObject({ status: 3, stderr: "" });
    expect(JSON.parse(json.stdout).error.code).toBe(error);
  });
});

describe("files that may not be read", () => {
  // Root may read everything, so the process runs as nobody where the tests run as root.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const able = spawnSync(process.execPath, ["-e", `fs.accessSync(${JSON.stringify(bin)})`], nobody).status === 0;

  it.skipIf(!able).each([
    ["a declaration", ["render"], "stack.config.ts"],
    ["what a declaration imports", ["render", "-c", "importing.config.ts"], "stack.config.ts"],
    ["a folder", ["audit", "closed"], "closed"],
  ])("%s: one line with the path, and status 3", async (_, args, path) => {
    const folder = temporary({
      "stack.config.ts": "export default 1;\n",
      "importing.config.ts": 'export { default } from "./stack.config.ts";\n',
      "closed/pod.yaml": "a: 1\n",
    });
    // Whatever the umask.
    spawnSync("chmod", ["-R", "a+rX", folder]);
    chmodSync(join(folder, path), 0o000);
    const { status, stdout, stderr } = await runProcess(args, folder, nobody);
    chmodSync(join(folder, path), 0o755);
    expect(stderr).toMatch(new RegExp(`^idstack: EACCES: permission denied.*${join(folder, path)}.*\\n$`));
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  });
});

it("loads nothing but the command line itself for --help", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context); loaded.push(found.url); return found; } });
    const { main } = await import(${JSON.stringify(pathToFileURL(main).href)});
    const out = { color: false, write: () => {} };
    await main(["--help"], { cwd: ".", env: {}, out, err: out });
    console.log(JSON.stringify(loaded));`;
  const { stdout } = spawnSync(process.execPath, [sources, "--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  const own = new URL("..", pathToFileURL(main)).href;
  const foreign = (JSON.parse(stdout) as string[]).filter((url) => !url.startsWith(own) && !url.startsWith("node:"));
  expect(foreign.filter((url) => !url.includes("/commander/"))).toEqual([]);
  expect(foreign).not.toEqual([]);
});
