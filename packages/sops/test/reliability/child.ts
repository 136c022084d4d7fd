import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user and group. */
  readonly uid?: number;
  /** Put before node: `["prlimit", "--fsize=1000"]`. */
  readonly through?: readonly string[];
}

/** Another process that runs statements with everything of this package at hand as `sops`. */
export function child(statements: string, { env = {}, uid, through = [] }: ChildOptions = {}): ChildProcess {
  const script = `import * as sops from ${JSON.stringify(index)};\n${statements}`;
  const node = [process.execPath, "--conditions=@idstack/source", "--input-type=module", "-e", script];
  const [program = "", ...args] = [...through, ...node];
  const user = uid === undefined ? {} : { uid, gid: uid };
  return spawn(program, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"], ...user });
}

/** For statements: says that the process is there, or has come that far, and waits for {@link go}. */
export const READY = 'process.stdout.write("ready\\n"); for await (const _ of process.stdin) break;';

/** Lets processes with `READY` go on, once all of them are there. */
export async function go(processes: readonly ChildProcess[]): Promise<void> {
  await Promise.all(processes.map((one) => new Promise((resolve) => one.stdout?.once("data", resolve))));
  for (const one of processes) one.stdin?.end("go\n");
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** What it printed, and how it ended. */
export async function ended(process: ChildProcess): Promise<Ended> {
  const [output, errors]: [string[], string[]] = [[], []];
  process.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  process.stderr?.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  return await new Promise((resolve) => {
    process.once("close", (code, signal) =>
      resolve({ code, signal, output: output.join(""), errors: errors.join("") }),
    );
  });
}
