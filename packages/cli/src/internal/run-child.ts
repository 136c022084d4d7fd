import { spawn } from "node:child_process";
import { constants } from "node:os";
import { CliError } from "../errors.ts";
import type { HeldSignals } from "./hold-signals.ts";

/** How {@link runChild} runs a program. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Handed on to the program. */
  readonly signals: HeldSignals;
}

/**
 * Runs a program in the foreground with our stdin, stdout and stderr, and returns its exit status: 128 + the number of
 * the signal that ended it.
 *
 * @throws CliError `program-not-found`; the error of the system if the program cannot be started.
 */
export function runChild(program: string, args: readonly string[], { cwd, env, signals }: RunOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: "inherit" });
    // Should this process end in a way nobody foresaw, the program must not stay behind without its Workload API.
    const kill = () => void child.kill();
    process.once("exit", kill);
    const typed = onTerminal() ? ["SIGINT", "SIGQUIT"] : [];
    // The terminal gives what is typed (Ctrl-C, Ctrl-\) to the program too: twice would mean "at once" to many.
    signals.deliver((signal) => typed.includes(signal) || child.kill(signal));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      process.off("exit", kill);
      reject(cause.code === "ENOENT" ? notFound(program, cause) : cause);
    });
    child.once("exit", (code, signal) => {
      process.off("exit", kill);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Any of the three: input and output may be redirected, and Ctrl-C still reaches both of us. */
function onTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
}

function notFound(program: string, cause: unknown): CliError {
  return new CliError("program-not-found", `there is no program ${program}: it is no file here and not on PATH`, {
    cause,
  });
}
