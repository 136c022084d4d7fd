import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SopsError } from "../errors.ts";
import { exitError } from "./exit-codes.ts";

export interface Call {
  readonly args: readonly string[];
  readonly input?: string | Uint8Array | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  /** Named in errors. */
  readonly file?: string | undefined;
}

/** Runs sops to its end. @throws {@link SopsError} by its exit code, `program-not-found`. */
export async function runSops(path: string, { args, input, env, cwd, file }: Call): Promise<Buffer> {
  const child = spawn(path, [...args], { cwd, env: { ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // sops may end before it has read everything; its exit code tells why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", () => reject(new SopsError("program-not-found", `${path} cannot be run`)));
    child.once("close", resolve);
  });
  if (status === 0) return Buffer.concat(stdout);
  throw exitError(status, Buffer.concat(stderr).toString("utf8"), file);
}

/** A folder that is gone when the action is over. */
export async function inTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sops-exec-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
