import { spawn } from "node:child_process";
import { SopsError } from "../errors.ts";

/**
 * Runs git and gives its output. The environment is passed on: in a hook it names the index that is being committed.
 *
 * @throws {@link SopsError} `program-not-found`, `program-failed` with git's own first line.
 */
export async function git(args: readonly string[], cwd: string, input = ""): Promise<Buffer> {
  const { status, stdout, stderr } = await run(args, cwd, input);
  if (status === 0) return stdout;
  const [line = ""] = stderr.split("\n");
  throw new SopsError("program-failed", `git ${args[0]}: ${line.replace(/^(?:fatal|error): /, "") || "failed"}`);
}

/** Like {@link git}, undefined when it fails. */
export async function tryGit(args: readonly string[], cwd: string): Promise<string | undefined> {
  const { status, stdout } = await run(args, cwd, "").catch(() => ({ status: 1, stdout: Buffer.alloc(0) }));
  return status === 0 ? stdout.toString() : undefined;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function run(args: readonly string[], cwd: string, input: string): Promise<Ended> {
  const child = spawn("git", [...args], { cwd, stdio: "pipe", env: { ...process.env, LC_ALL: "C" } });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // git may end before it has read everything; its status says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return await new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      reject(
        new SopsError("program-not-found", "git cannot be started: is it on PATH, and the folder there?", { cause }),
      );
    });
    child.on("close", (status) => {
      resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
  });
}
