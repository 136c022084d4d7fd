import { spawnSync } from "node:child_process";

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string | undefined>;
  readonly timeout?: number;
}

/** Runs a program and returns what it printed, whatever its exit status. */
export function run(command: string, args: readonly string[], options: RunOptions): RunResult {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    timeout: options.timeout ?? 120_000,
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  if (error !== undefined) throw new Error(`${command} could not run: ${error.message}`, { cause: error });
  return { status: status ?? 1, stdout, output: `${stdout}${stderr}` };
}

/** Like {@link run}, but a non-zero exit status is an error that shows the output. */
export function mustRun(command: string, args: readonly string[], options: RunOptions): string {
  const { status, stdout, output } = run(command, args, options);
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} exited with ${status}\n${output}`);
  return stdout;
}
