import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Io, main } from "idstack";
import { onTestFinished } from "vitest";

/** How a command ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function run(
  args: readonly string[],
  cwd: string,
  io: { color?: boolean; env?: object; input?: string | Uint8Array } = {},
): Promise<Ended> {
  const written = { out: "", err: "" };
  const output = (to: "out" | "err"): Io["out"] => ({
    color: io.color === true,
    write: (piece) => {
      written[to] += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
    },
  });
  const env = { ...process.env, ...io.env };
  const input = Readable.from([Buffer.from(io.input ?? "")]);
  const status = await main(args, { cwd, env, in: input, out: output("out"), err: output("err") });
  return { status, stdout: written.out, stderr: written.err };
}

const bin = join(import.meta.dirname, "../../src/bin.ts");

/** A command line that runs as a process. */
export interface Running {
  readonly child: ChildProcess;
  /** The lines of stdout as they come. */
  readonly lines: Interface;
  /** The next line, or `undefined` when there is none any more. */
  line(): Promise<string | undefined>;
  readonly ended: Promise<Pick<Ended, "status" | "stderr">>;
}

/** Starts a command line as a process; it does not survive the test. */
export function start(args: readonly string[], cwd: string, options: SpawnOptions = {}): Running {
  const child = spawn(process.execPath, ["--conditions=@idstack/source", bin, ...args], {
    ...options,
    cwd,
    env: { ...process.env, ...options.env },
    stdio: "pipe",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const iterator = lines[Symbol.asyncIterator]();
  const status = new Promise<number | null>((resolve) => child.once("close", resolve));
  const stderr = text(child.stderr);
  return {
    child,
    lines,
    line: async () => ((await iterator.next()) as IteratorResult<string, undefined>).value,
    ended: Promise.all([status, stderr]).then(([code, said]) => ({ status: code, stderr: said })),
  };
}

/** Runs a command line as a process, with a text as its stdin. */
export async function runProcess(
  args: readonly string[],
  cwd: string,
  options: SpawnOptions & { input?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ["--conditions=@idstack/source", bin, ...args], {
    ...options,
    cwd,
    env: { ...process.env, ...options.env },
    stdio: "pipe",
  });
  child.stdin.on("error", () => {}).end(options.input ?? "");
  const status = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, stdout, stderr] = await Promise.all([status, text(child.stdout), text(child.stderr)]);
  return { status: code, stdout, stderr };
}
