import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Runs a program in the foreground, passes interrupts on to it, and returns its exit status (128 + signal if killed). */
export function runChild(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    // On a terminal the program gets Ctrl-C itself; a signal sent to us alone has to be handed on.
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    const ignore = () => undefined;
    process.on("SIGTERM", forward);
    process.on("SIGINT", process.stdin.isTTY ? ignore : forward);
    const done = () => {
      process.off("SIGTERM", forward);
      process.off("SIGINT", ignore);
      process.off("SIGINT", forward);
    };
    child.once("error", (cause) => {
      done();
      reject(new Error(`${program} cannot be started: ${cause.message}`, { cause }));
    });
    child.once("exit", (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
