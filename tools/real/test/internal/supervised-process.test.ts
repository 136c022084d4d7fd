import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogFile } from "../../src/internal/log-file.ts";
import { SupervisedProcess } from "../../src/internal/supervised-process.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";
import { eventually, isRunning } from "../fixtures/wait.ts";

const directory = temporaryDirectory();
let count = 0;
const newLog = (): string => join(directory, `${count++}.log`);
const shell = (script: string, stdio: "log" | "pipe" = "log"): Promise<SupervisedProcess> =>
  SupervisedProcess.start({ name: "script", program: "/bin/sh", args: ["-c", script], logFile: newLog(), stdio });

describe("SupervisedProcess", () => {
  it("is the program itself: its number, output and exit status", async () => {
    await using child = await shell("echo $$; echo oops >&2; exit 7");
    expect(await child.ended).toBe("exit code 7");
    expect(child.end).toBe("exit code 7");
    expect(child.log.text()).toBe(`${child.pid}\noops\n`);
  });

  it("reports the signal that ended the program", async () => {
    await using child = await shell("kill -9 $$");
    expect(await child.ended).toBe("signal SIGKILL");
  });

  it("gives stdin and stdout to the caller when asked, stderr to the log", async () => {
    await using child = await shell("read line; echo got $line; echo log >&2", "pipe");
    child.stdin?.write("this\n");
    const [data] = (await once(child.stdout!, "data")) as [Buffer];
    expect(data.toString()).toBe("got this\n");
    await child.ended;
    expect(child.log.text()).toBe("log\n");
  });

  it("stops children of the program, also those that ignore the polite signal", async () => {
    const child = await shell(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`);
    const grandchild = await eventually(() => Number(child.log.text()) || undefined);
    await child.stop();
    await eventually(() => !isRunning(grandchild));
    expect(isRunning(child.pid)).toBe(false);
  });

  it("sweeps up what a program leaves behind at its own end", async () => {
    const child = await shell("sleep 60 & echo $!");
    await child.ended;
    const left = Number(child.log.text());
    await child.stop();
    await eventually(() => !isRunning(left));
  });

  it("leaves nothing running when its parent is killed", async () => {
    const log = newLog();
    const script = "sleep 60 & echo $!; wait";
    const parent = spawn(process.execPath, [join(import.meta.dirname, "../fixtures/start-child.ts"), log, script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [data] = (await once(parent.stdout, "data")) as [Buffer];
    const child = Number(data.toString());
    const grandchild = await eventually(() => Number(new LogFile("child", log).text()) || undefined);
    expect([isRunning(child), isRunning(grandchild)]).toEqual([true, true]);
    parent.kill("SIGKILL");
    await eventually(() => !isRunning(child) && !isRunning(grandchild));
  });

  it("says why when there is no such program", async () => {
    await using child = await SupervisedProcess.start({
      name: "missing",
      program: join(directory, "missing"),
      args: [],
      logFile: newLog(),
    });
    expect(await child.ended).toBe("exit code 127");
    expect(child.log.excerpt()).toMatch(/^last lines of missing:\n .*missing.*not found/);
  });
});
