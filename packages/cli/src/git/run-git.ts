import { spawn } from "node:child_process";
import type { Io } from "../io.ts";

/** How a run of git ended. */
export interface GitEnded {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git in the folder and environment of a command; git names the repository in the latter when it runs us. */
export async function runGit(args: readonly string[], { cwd, env }: Pick<Io, "cwd" | "env">): Promise<GitEnded> {
  const child = spawn("git", [...args], { cwd, env: { ...env, LC_ALL: "C" }, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return await new Promise((resolve) => {
    child.once("error", () => resolve({ status: null, stdout: Buffer.alloc(0), stderr: "git cannot be started" }));
    child.once("close", (status) =>
      resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** What git prints, without the line break at its end; undefined when it fails. */
export async function gitLine(args: readonly string[], io: Pick<Io, "cwd" | "env">): Promise<string | undefined> {
  const { status, stdout } = await runGit(args, io);
  return status === 0 ? stdout.toString().replace(/\n$/, "") : undefined;
}
