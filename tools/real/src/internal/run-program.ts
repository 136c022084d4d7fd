import { spawn } from "node:child_process";
import { RealError } from "../errors.ts";

export interface ProgramResult {
  /** Exit status; 128 for a program that a signal ended. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Given to its standard input. */
  readonly input?: string | Uint8Array | undefined;
  /** Return a failure as the result instead of throwing it. Default false. */
  readonly allowFailure?: boolean | undefined;
  /** Milliseconds until it is killed. Default 60,000. */
  readonly timeout?: number | undefined;
}

/** Runs a short-lived program to its end. @throws {RealError} `command-failed` with what it wrote to stderr. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProgramResult> {
  const { cwd, env, input, allowFailure = false, timeout = 60_000 } = options;
  const result = await new Promise<ProgramResult>((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, timeout, killSignal: "SIGKILL", stdio: ["pipe", "pipe", "pipe"] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (cause) => reject(new RealError("command-failed", `${program}: ${cause.message}`, { cause })));
    child.once("close", (status) => {
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");
      resolve({ status: status ?? 128, stdout: text(stdout), stderr: text(stderr) });
    });
    // A program that ends without reading its input says why by its status.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
  if (result.status === 0 || allowFailure) return result;
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-20).join("\n  ");
  throw new RealError("command-failed", `${[program, ...args].join(" ")}: exit code ${result.status}\n  ${said}`);
}
