import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, temporary } from "../support/home.ts";
import { run, runProcess, start } from "../support/run.ts";

const authority = ["ca.crt.pem", "ca.key.pem", "jwt.key.pem"];
const sources = "--conditions=@idstack/source";
const program = (name: string): string => join(import.meta.dirname, "../fixtures", name);

/** A state folder of the test's own. */
function stateOf(folder = temporary()) {
  const env = { XDG_STATE_HOME: join(folder, "state") };
  const directory = join(folder, "state/idstack/dev/homelab.internal");
  return { folder, env, directory, left: () => readdirSync(directory).sort() };
}

describe("a program", () => {
  it("finds its Workload API, gets its arguments and stdin; its output and status come out", async () => {
    const { folder, env, left } = stateOf();
    const script = `
      process.stdin.on("data", (text) => process.stdout.write("read " + text));
      process.stdin.on("end", () => {
        console.log(process.env.SPIFFE_ENDPOINT_SOCKET, JSON.stringify(process.argv.slice(1)));
        process.exitCode = 7;
      });`;
    const args = ["dev", "--", process.execPath, "-e", script, "a", "--json", "--", "--help"];
    const { status, stdout, stderr } = await runProcess(args, folder, { env, input: "hello\n" });
    expect(stdout).toMatch(
      /^read hello\nunix:\/\/.*\/homelab\.internal\/dev-\d+\.sock \["a","--json","--","--help"\]\n$/,
    );
    expect(stderr).toMatch(/^idstack: spiffe:\/\/homelab\.internal\/dev at unix:\/\/.*\.sock\n$/);
    expect(status).toBe(7);
    expect(left()).toEqual(authority);
  });

  it("needs no -- before it: its options are its own", async () => {
    const { folder, env } = stateOf();
    const { status, stdout } = await runProcess(["dev", "sh", "-c", 'echo "$@"', "sh", "--id", "/x"], folder, { env });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "--id /x\n" });
  });

  it("that is killed gives 128 + the signal", async () => {
    const { folder, env, left } = stateOf();
    const { status } = await runProcess(["dev", "--", "sh", "-c", "kill -KILL $$"], folder, { env });
    expect(status).toBe(137);
    expect(left()).toEqual(authority);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const)("gets %s, and decides", async (signal) => {
    const { folder, env, left } = stateOf();
    const script = `
      process.on(${JSON.stringify(signal)}, (name) => { console.log("got", name); process.exit(9); });
      setInterval(() => {}, 60_000);
      console.log("ready");`;
    const running = start(["dev", "--", process.execPath, "-e", script], folder, { env });
    expect(await running.line()).toBe("ready");
    expect(left()).toHaveLength(4);
    running.child.kill(signal);
    expect(await running.line()).toBe(`got ${signal}`);
    expect((await running.ended).status).toBe(9);
    expect(left()).toEqual(authority);
  });

  it("that does not exist or may not run is wrong usage", async () => {
    const { folder, env, left } = stateOf(temporary({ "notes.txt": "no program\n" }));
    // A PATH of one's own: with a folder in it that one may not enter, the system says EACCES.
    expect(await run(["dev", "--", "no-such-program"], folder, { env: { ...env, PATH: folder } })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^idstack: no-such-program cannot be run: there is no such program on PATH, .*\n$/m,
      ),
    });
    expect(await run(["dev", "--", "./notes.txt"], folder, { env })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^idstack: \.\/notes\.txt cannot be run: EACCES\n$/m),
    });
    expect(left()).toEqual(authority);
  });

  it("is ended when idstack ends in a way nobody foresaw, and the socket is removed", async () => {
    const { folder, env, left } = stateOf();
    // The program tells its pid; what is preloaded into idstack crashes it then.
    const crash = `data:text/javascript,process.on("message",()=>{throw new Error("crash")})`;
    const script = `process.on("SIGTERM", () => { console.log("ended"); process.exit() }); setInterval(() => {}, 60_000); console.log("ready")`;
    const bin = join(import.meta.dirname, "../../src/bin.ts");
    const child: ChildProcess = spawn(
      process.execPath,
      [sources, "--import", crash, bin, "dev", "--", process.execPath, "-e", script],
      { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore", "ipc"] },
    );
    child.stdout?.setEncoding("utf8");
    expect((await once(child.stdout ?? child, "data"))[0]).toBe("ready\n");
    child.send("crash");
    expect((await once(child.stdout ?? child, "data"))[0]).toBe("ended\n");
    expect(left()).toEqual(authority);
  });
});

describe("identities", () => {
  it("of two processes trust each other: mutual TLS between two ids that started with no CA", async () => {
    const { folder, env, directory, left } = stateOf();
    const dev = (id: string, ...command: string[]) => ["dev", "--id", id, "--", process.execPath, sources, ...command];
    const api = start(dev("/ns/apps/sa/api", program("server.ts")), folder, { env });
    const port = await api.line();
    expect(left()).toHaveLength(4);
    const web = await runProcess(dev("/ns/apps/sa/web", program("client.ts"), String(port)), folder, { env });
    expect(web.stdout).toBe("spiffe://homelab.internal/ns/apps/sa/api saw spiffe://homelab.internal/ns/apps/sa/web\n");
    expect(web.status).toBe(0);
    expect((await api.ended).status).toBe(0);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(left()).toEqual(authority);
  });

  it("may be served twice at a time", async () => {
    const { folder, env } = stateOf();
    const script = `console.log(process.env.SPIFFE_ENDPOINT_SOCKET); process.stdin.resume()`;
    const running = [1, 2].map(() => start(["dev", "--", process.execPath, "-e", script], folder, { env }));
    const sockets = await Promise.all(running.map(({ line }) => line()));
    expect(new Set(sockets).size).toBe(2);
    for (const { child } of running) child.stdin?.end();
    expect(await Promise.all(running.map(async ({ ended }) => (await ended).status))).toEqual([0, 0]);
  });

  it("of a service come from the declaration, with the table of who may call whom", async () => {
    const { folder, env } = stateOf();
    const script = `console.log(require("fs").readFileSync(process.env.IDSTACK_AUTHORIZATION, "utf8")); console.error(process.env.IDSTACK_AUTHORIZATION)`;
    const args = [
      "dev",
      "-c",
      join(fixture, "stack.config.ts"),
      "--service",
      "api",
      "--",
      process.execPath,
      "-e",
      script,
    ];
    const { status, stdout, stderr } = await runProcess(args, folder, { env });
    expect(status).toBe(0);
    const id = (name: string) => `spiffe://fixture.internal/ns/apps/sa/${name}`;
    expect(JSON.parse(stdout)).toEqual({
      [id("web")]: { accepts: [], calls: [id("api")] },
      [id("api")]: { accepts: [id("web")], calls: [] },
    });
    const [announced, file = ""] = stderr.trim().split("\n");
    expect(announced).toContain(`${id("api")} at unix://`);
    expect(existsSync(file)).toBe(false);
  });

  it("of a service that has none in the cluster are announced as such", async () => {
    const { folder, env } = stateOf();
    const args = ["dev", "-c", join(fixture, "stack.config.ts"), "--service", "docs", "--", "true"];
    const { status, stderr } = await run(args, folder, { env });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^idstack: in the cluster docs has no identity: /);
  });

  it("leave nothing behind where the table cannot be written", async () => {
    const { folder, env, left } = stateOf();
    const args = ["dev", "-c", join(fixture, "stack.config.ts"), "--service", "api", "--", "true"];
    const directory = ["--directory", join(env.XDG_STATE_HOME, "idstack/dev/homelab.internal")];
    const { status, stderr } = await runProcess(["dev", ...directory, ...args.slice(1)], folder, {
      env: { ...env, TMPDIR: "/nowhere" },
    });
    expect(stderr).toMatch(/^idstack: ENOENT: .*\/nowhere\/.*\n$/);
    expect(status).toBe(3);
    expect(left()).toEqual(authority);
  });

  it("are refused in production", async () => {
    const { folder, env } = stateOf();
    const { status, stderr } = await runProcess(["dev", "--", "true"], folder, {
      env: { ...env, NODE_ENV: "production" },
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^idstack: NODE_ENV is production: .*\n$/);
  });
});

describe("without a program", () => {
  it("serves until a signal, under a name that stays, announced as JSON", async () => {
    const { folder, env, directory, left } = stateOf();
    const addresses: string[] = [];
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const running = start(["dev", "--id", "/ns/apps/sa/web", "--ttl", "20", "--json"], folder, { env });
      const lines: string[] = [];
      while (lines.at(-1) !== "}") lines.push((await running.line()) ?? "}");
      const { id, address, env: variables } = JSON.parse(lines.join("\n"));
      expect(id).toBe("spiffe://homelab.internal/ns/apps/sa/web");
      expect(variables).toEqual({ SPIFFE_ENDPOINT_SOCKET: address });
      expect(statSync(decodeURI(address).slice("unix://".length)).mode & 0o777).toBe(0o600);
      addresses.push(address);
      running.child.kill(signal);
      expect(await running.ended).toEqual({ status: 0, stderr: "" });
      expect(left()).toEqual(authority);
    }
    expect(decodeURI(addresses[0] ?? "")).toMatch(new RegExp(`^unix://${directory}/web-[0-9a-f]{8}\\.sock$`));
    expect(addresses[1]).toBe(addresses[0]);
  });

  it("--directory keeps CA and socket", async () => {
    const { folder, env } = stateOf();
    mkdirSync(join(folder, "ca"));
    const running = start(["dev", "--directory", "ca", "--json"], folder, { env });
    expect(await running.line()).toBe("{");
    expect(readdirSync(join(folder, "ca")).filter((name) => !authority.includes(name))).toEqual([
      expect.stringMatching(/^dev-.*\.sock$/),
    ]);
    running.child.kill("SIGTERM");
    await running.ended;
    const before = readFileSync(join(folder, "ca/ca.crt.pem"), "utf8");
    expect((await run(["dev", "--directory", "ca", "--", "true"], folder, { env })).status).toBe(0);
    expect(readFileSync(join(folder, "ca/ca.crt.pem"), "utf8")).toBe(before);
    expect(existsSync(join(folder, "state"))).toBe(false);
  });
});

it("removes sockets of processes that died, and no other", async () => {
  const { folder, env, directory, left } = stateOf();
  expect((await run(["dev", "--", "true"], folder, { env })).status).toBe(0);
  const killed = start(["dev", "--json"], folder, { env });
  expect(await killed.line()).toBe("{");
  killed.child.kill("SIGKILL");
  await killed.ended;
  expect(left()).toHaveLength(4);
  const alive = createServer().listen(join(directory, "alive-1.sock"));
  await once(alive, "listening");
  expect((await run(["dev", "--", "true"], folder, { env })).status).toBe(0);
  expect(left()).toEqual(["alive-1.sock", ...authority]);
  alive.close();
});
