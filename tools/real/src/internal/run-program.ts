import type { Readable, Writable } from "node:stream";
import { RealError } from "../errors.ts";
import { signalGroup, spawnSupervised } from "./spawn-supervised.ts";

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
    const child = spawnSupervised(program, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    const timer = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, "SIGKILL"), timeout);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    child.once("error", (cause) => reject(new RealError("command-failed", `${program}: ${cause.message}`, { cause })));
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 128, stdout: stdout(), stderr: stderr() });
    });
    (child.stdin as Writable).end(input ?? "");
  });
  if (result.status === 0 || allowFailure) return result;
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-20).join("\n  ");
  throw new RealError("command-failed", `${[program, ...args].join(" ")}: exit code ${result.status}\n  ${said}`);
}

/** Returns what arrived until now, whole characters only once all has. */
function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
