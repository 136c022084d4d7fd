import { spawn } from "node:child_process";
import { constants } from "node:os";
import { SopsError } from "../errors.ts";
import type { HeldSignals } from "./held-signals.ts";

export interface RunOptions {
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Handed on to the command. */
  readonly signals: HeldSignals;
}

/**
 * Runs a command with our stdin, stdout and stderr.
 *
 * @returns Its exit code, or 128 and the number of the signal that ended it.
 * @throws {@link SopsError} `program-not-found`
 */
export function runCommand(command: readonly string[], { cwd, env, signals }: RunOptions): Promise<number> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: "inherit" });
    // Should this process end in a way nobody foresaw, the command must not stay behind.
    const kill = () => void child.kill();
    process.once("exit", kill);
    const typed = onTerminal() ? ["SIGINT", "SIGQUIT"] : [];
    // The terminal gives what is typed (Ctrl-C, Ctrl-\) to the command, too: twice would mean "at once" to many.
    signals.deliver((signal) => typed.includes(signal) || child.kill(signal));
    child.once("error", (error: NodeJS.ErrnoException) => {
      process.off("exit", kill);
      reject(notStarted(program, error));
    });
    child.once("exit", (code, signal) => {
      process.off("exit", kill);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Starts a command and does not wait for it. It has no stdin, stdout and stderr. */
export function startCommand(
  command: readonly string[],
  cwd: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: "ignore" });
    child.once("error", (error: NodeJS.ErrnoException) => reject(notStarted(program, error)));
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
  });
}

/** Becomes the command: this process is it from now on, so there is nobody left to return to. */
export function replaceProcess(command: readonly string[], cwd: string | undefined, env: NodeJS.ProcessEnv): never {
  const [program = ""] = command;
  if (process.platform === "win32" || process.execve === undefined) {
    throw new SopsError("program-failed", "this system cannot replace a process: run the command as a child");
  }
  if (cwd !== undefined) process.chdir(cwd);
  process.execve(program, [...command], env);
  throw new SopsError("program-not-found", `${program} cannot be run`);
}

/** Any of the three: input and output may be redirected, and Ctrl-C still reaches both of us. */
function onTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
}

function notStarted(program: string, { code = "unknown error" }: NodeJS.ErrnoException): SopsError {
  // The error of spawn() itself lists the arguments.
  const why = code === "ENOENT" ? "there is no such program on PATH, or no such folder to run it in" : code;
  return new SopsError("program-not-found", `${program} cannot be run: ${why}`);
}
