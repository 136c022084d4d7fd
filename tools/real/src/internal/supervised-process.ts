import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { RealError } from "../errors.ts";
import { LogFile } from "./log-file.ts";
import { signalGroup, spawnSupervised } from "./spawn-supervised.ts";

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
  readonly #allEnded: Promise<true>;
  #end: string | undefined;

  private constructor(name: string, child: ChildProcess, pid: number, log: LogFile) {
    this.name = name;
    this.pid = pid;
    this.log = log;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    // Everyone in the group inherits this pipe, which says nothing but closes when the last of them has ended.
    const life = child.stdio[4] as Readable;
    this.#allEnded = new Promise((resolve) => life.resume().once("close", () => resolve(true)));
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#end = signal === null ? `exit code ${code}` : `signal ${signal}`;
        resolve(this.#end);
      });
    });
  }

  /**
   * Resolves when the process exists. A program that cannot be executed ends with exit code 126 or 127.
   *
   * @throws {RealError} `start-failed` when not even a shell can be started.
   */
  static async start(options: SupervisedOptions): Promise<SupervisedProcess> {
    const { name, program, args, logFile, cwd, env, nice, stdio = "log" } = options;
    const log = openSync(logFile, "a", 0o600);
    const first = stdio === "pipe" ? (["pipe", "pipe"] as const) : (["ignore", log] as const);
    const child = spawnSupervised(program, args, { cwd, env, nice, stdio: [...first, log, "pipe"] });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) => {
        reject(new RealError("start-failed", `${name} cannot be started: ${cause.message}`, { cause }));
      });
    });
    if (child.pid === undefined) throw new RealError("start-failed", `${name} cannot be started`);
    return new SupervisedProcess(name, child, child.pid, new LogFile(name, logFile));
  }

  /** How it ended; `undefined` while it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  /** Ends the program and its whole group by force, in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (this.#end === undefined) signalGroup(this.pid, "SIGKILL");
    await this.ended;
    await this.stop();
  }

  /** Ends the program and its whole group: politely, then by force; resolves when none of them is left. */
  async stop(): Promise<void> {
    if (this.#end === undefined) {
      signalGroup(this.pid, "SIGTERM");
      const timer = setTimeout(() => signalGroup(this.pid, "SIGKILL"), stopWithinMs);
      await this.ended;
      clearTimeout(timer);
    }
    this.stdin?.destroy();
    this.stdout?.destroy();
    const finished = new AbortController();
    const tooLong = delay(stopWithinMs, false, { signal: finished.signal }).catch(() => false);
    // Only somebody who closed the inherited pipe, or does not die, can still be there.
    if (!(await Promise.race([this.#allEnded, tooLong]))) signalGroup(this.pid, "SIGKILL");
    finished.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
