import { spawn } from "node:child_process";
import { SopsError } from "../errors.ts";
import { notStarted } from "./not-started.ts";

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
