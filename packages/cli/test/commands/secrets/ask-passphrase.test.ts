import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { temporary } from "../../support/home.ts";

const source = pathToFileURL(join(import.meta.dirname, "../../../src/sops/ask-passphrase.ts")).href;
const PROMPT = "Passphrase for key.txt: ";
/** Of util-linux, which Debian and Ubuntu always have; others take other arguments. */
const script = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

/** Keys, and the answer they are. */
const TYPED: readonly (readonly [string, string | null])[] = [
  ["correct horse\r", "correct horse"],
  ["ends in a line feed\n", "ends in a line feed"],
  ["\r", ""],
  ["horsf\u007fe\r", "horse"],
  ["horsf\be\r", "horse"],
  ["\u007f\u007fx\r", "x"],
  ["wrong\u0015right\r", "right"],
  ["pässwörd 🐎 密码\r", "pässwörd 🐎 密码"],
  ["ö🐎\u007f\u007fo\r", "o"],
  ["\u0003", null],
  ["half of it\u0003", null],
  ["\u0004", null],
  ["half of it\u0004", null],
];

/** Writes what was answered as JSON, and what the terminal is like afterwards, to files. */
function program(folder: string, times: number): string {
  return `
    import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
    import { askPassphrase } from ${JSON.stringify(source)};
    const terminals = () => readdirSync("/dev/fd").filter((fd) => {
      try { return readlinkSync("/dev/fd/" + fd) === "/dev/tty"; } catch { return false; }
    }).length;
    writeFileSync(${JSON.stringify(join(folder, "pid"))}, String(process.pid));
    const answers = [];
    for (let time = 0; time < ${times}; time += 1) answers.push((await askPassphrase("key.txt")) ?? null);
    writeFileSync(${JSON.stringify(join(folder, "answers"))}, JSON.stringify({ answers, open: terminals() }));`;
}

interface Terminal {
  readonly child: ChildProcessWithoutNullStreams;
  /** What the terminal shows has this in it, after what was waited for before. */
  shows(text: string): Promise<void>;
  readonly type: (keys: string | Uint8Array) => Promise<void>;
  /** All it showed, when everything has ended. */
  readonly ended: Promise<string>;
  readonly answers: () => { answers: readonly (string | null)[]; open: number };
  readonly pid: () => number;
}

/** A shell on a terminal of its own, which runs the program and then tells how the terminal is set. */
function terminal(times = 1, redirected = ""): Terminal {
  const folder = temporary();
  const node = [
    `"${process.execPath}"`,
    "--conditions=@idstack/source",
    "--input-type=module",
    "-e",
    '"$PROGRAM"',
  ].join(" ");
  const line = `stty -a > before; ${node} ${redirected}; echo status $?; stty -a > after; cmp before after && echo restored`;
  const env = { ...process.env, PROGRAM: program(folder, times), SHELL: "/bin/sh", NODE_NO_WARNINGS: "1" };
  const child = spawn("script", ["-qec", line, "/dev/null"], { env, cwd: folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  let shown = "";
  let seen = 0;
  let check = () => {};
  let fail = (_: Error) => {};
  child.once("close", () => fail(new Error(`the terminal shows nothing any more: ${shown}`)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      check();
    });
  }
  return {
    child,
    shows: (text) =>
      new Promise((resolve, reject) => {
        fail = reject;
        check = () => {
          const at = shown.indexOf(text, seen);
          if (at === -1) return;
          seen = at + text.length;
          resolve();
        };
        check();
      }),
    type: (keys) => new Promise((resolve) => child.stdin.write(keys, () => resolve())),
    ended: new Promise((resolve) => child.once("close", () => resolve(shown))),
    answers: () => JSON.parse(readFileSync(join(folder, "answers"), "utf8")),
    pid: () => Number(readFileSync(join(folder, "pid"), "utf8")),
  };
}

describe("on a terminal", () => {
  beforeEach((context) => {
    if (!script) context.skip("there is no script(1) of util-linux to make a terminal with");
  });

  it("takes what is typed without showing it; the terminal is as it was, and nothing stays open", async () => {
    const { shows, type, ended, answers } = terminal(TYPED.length);
    for (const [keys] of TYPED) {
      await shows(PROMPT);
      // Byte by byte: characters come in pieces.
      for (const byte of Buffer.from(keys)) await type(Uint8Array.of(byte));
    }
    expect(await ended).toBe(`${`${PROMPT}\r\n`.repeat(TYPED.length)}status 0\r\nrestored\r\n`);
    expect(answers()).toEqual({ answers: TYPED.map(([, answer]) => answer), open: 0 });
  });

  it("asks there with stdin, stdout and stderr elsewhere", async () => {
    const { shows, type, ended, answers } = terminal(1, "< /dev/null > out 2> err");
    await shows(PROMPT);
    await type("hunter2\r");
    expect(await ended).toBe(`${PROMPT}\r\nstatus 0\r\nrestored\r\n`);
    expect(answers().answers).toEqual(["hunter2"]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends the process, and the terminal is as it was", async (signal, status) => {
    const { shows, ended, answers, pid } = terminal();
    await shows(PROMPT);
    process.kill(pid(), signal);
    const shown = await ended;
    expect(shown).toContain(`status ${status}\r\n`);
    expect(shown).toMatch(/restored\r\n$/);
    expect(answers).toThrow("no such file");
  });

  it("is no answer when the terminal goes away", async () => {
    const { shows, child, pid } = terminal();
    await shows(PROMPT);
    const asking = pid();
    child.kill("SIGKILL");
    await expect.poll(() => existsSync(`/proc/${asking}`), { timeout: 50_000 }).toBe(false);
  });
});

it("asks nobody without a terminal", async () => {
  const folder = temporary();
  const args = ["--conditions=@idstack/source", "--input-type=module", "-e", program(folder, 1)];
  const child = spawn(process.execPath, args, { detached: true, stdio: "ignore" });
  await once(child, "close");
  expect(JSON.parse(readFileSync(join(folder, "answers"), "utf8"))).toEqual({ answers: [null], open: 0 });
});
