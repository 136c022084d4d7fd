import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { RealError } from "../errors.ts";
import { LogFile } from "./log-file.ts";

export interface SupervisedOptions {
  /** What messages call it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** `pipe` gives `stdin` and `stdout` to the caller; stderr always goes to the log. */
  readonly stdio?: "log" | "pipe";
  /** Run at low priority, where `nice` exists. */
  readonly nice?: boolean;
}

/**
 * The shell becomes the program (`exec`), so the child's number, signals and exit status are the program's own. Before
 * that it leaves a watchdog in the same process group, which reads a pipe that only our process holds open: when we are
 * gone, however we went, it ends the group. It ignores the polite signal itself, and leaves with the final one. Everyone
 * in the group inherits a second pipe, which says nothing but closes when the last of them has ended.
 */
const watchdog = `
( trap '' TERM INT HUP
  read -r _ <&3
  kill -TERM 0
  i=0
  while [ $i -lt 50 ] && kill -0 $$ 2>/dev/null; do i=$((i+1)); sleep 0.1; done
  kill -KILL 0
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;

const stopWithinMs = 10_000;

/** A child that never outlives this process, alone in its process group, with its output in a file. */
export class SupervisedProcess implements AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly log: LogFile;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** Settles when the program ends, with a description such as `exit code 1` or `signal SIGKILL`. */
  readonly ended: Promise<string>;
  #end: string | undefined;
  readonly #child: ChildProcess;
  readonly #allEnded: Promise<true>;

  private constructor(name: string, child: ChildProcess, pid: number, log: LogFile) {
    this.name = name;
    this.pid = pid;
    this.log = log;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    this.#child = child;
    const life = child.stdio[4] as Readable;
    this.#allEnded = new Promise((resolve) => life.resume().once("close", () => resolve(true)));
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#end = signal === null ? `exit code ${code}` : `signal ${signal}`;
        // Lets the watchdog sweep up what the program may have left in its group.
        (child.stdio[3] as Writable).destroy();
        resolve(this.#end);
      });
    });
  }

  /** @throws {RealError} `start-failed` when the program cannot be executed. */
  static async start(options: SupervisedOptions): Promise<SupervisedProcess> {
    const { name, program, args, logFile, cwd, env = process.env, stdio = "log" } = options;
    const log = openSync(logFile, "a", 0o600);
    const words = options.nice === true ? ["sh", "-c", niceIfAny, "sh", program, ...args] : [program, ...args];
    const child = spawn("/bin/sh", ["-c", watchdog, name, ...words], {
      cwd,
      env,
      // A session of its own: nobody's Ctrl-C reaches it but through us.
      detached: true,
      stdio: [stdio === "pipe" ? "pipe" : "ignore", stdio === "pipe" ? "pipe" : log, log, "pipe", "pipe"],
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) => {
        reject(new RealError("start-failed", `${name} cannot be started: ${cause.message}`, { cause }));
      });
    });
    const pid = child.pid;
    if (pid === undefined) throw new RealError("start-failed", `${name} cannot be started`);
    // A write to a program that has just died is told by its exit, not by an unhandled error.
    for (const stream of [child.stdin, child.stdio[3], child.stdio[4]]) stream?.on("error", () => undefined);
    return new SupervisedProcess(name, child, pid, new LogFile(name, logFile));
  }

  /** How it ended; `undefined` while it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  /** Ends the program and its whole group: politely, then by force; resolves when none of them is left. */
  async stop(): Promise<void> {
    if (this.#end === undefined) {
      this.#signal("SIGTERM");
      const timer = setTimeout(() => this.#signal("SIGKILL"), stopWithinMs);
      await this.ended;
      clearTimeout(timer);
    }
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    const left = new AbortController();
    const tooLong = delay(stopWithinMs, false, { signal: left.signal }).catch(() => false);
    // Somebody who closed the pipe, or left the group with it, is the only one who may still be there.
    if (!(await Promise.race([this.#allEnded, tooLong]))) this.#signal("SIGKILL");
    left.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Nothing left to signal.
    }
  }
}

const niceIfAny = 'if command -v nice >/dev/null 2>&1; then exec nice -n 10 "$@"; else exec "$@"; fi';
