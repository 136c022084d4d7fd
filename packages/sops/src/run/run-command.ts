import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type HeldSignals, holdSignals } from "./hold-signals.ts";
import { notStarted } from "./not-started.ts";

/** How {@link runCommand} runs a command. */
export interface RunOptions {
  /** Default: the current folder. */
  readonly cwd?: string | undefined;
  /** All of its environment. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Handed on to the command. Default: those that come while it runs. */
  readonly signals?: HeldSignals | undefined;
}

/**
 * Runs a command with our stdin, stdout and stderr, and hands signals on to it: this process goes on until the command has
 * ended, and can remove what it made for it. No shell is involved.
 *
 * @returns Its exit code, or 128 and the number of the signal that ended it.
 * @throws {@link SopsError} `program-not-found`
 *
 * @example
 * import { runCommand, writeSecretFile } from "@idstack/sops";
 * await using file = await writeSecretFile(Buffer.from("hunter2"), { name: "token", fifo: false, env: process.env });
 * const script = "process.exit(require('fs').readFileSync(process.argv[1]).length)";
 * console.log(await runCommand(["node", "-e", script, file.path])); // 7
 */
export async function runCommand(command: readonly string[], options: RunOptions = {}): Promise<number> {
  if (options.signals !== undefined) return await run(command, options, options.signals);
  using signals = holdSignals();
  return await run(command, options, signals);
}

function run(
  [program = "", ...args]: readonly string[],
  { cwd, env }: RunOptions,
  signals: HeldSignals,
): Promise<number> {
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

/** Any of the three: input and output may be redirected, and Ctrl-C still reaches both of us. */
function onTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
}
