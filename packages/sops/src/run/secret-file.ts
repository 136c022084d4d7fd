import { execFile } from "node:child_process";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { SopsError } from "../errors.ts";
import { makePrivateFolder } from "./private-folder.ts";

/** A file that is gone when it is disposed, or when this process ends. */
export interface SecretFile extends AsyncDisposable {
  readonly path: string;
}

export interface SecretFileOptions {
  readonly name: string;
  /** A pipe with a name: it can be read once, from its beginning to its end, and is never on a disk. */
  readonly fifo: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Puts bytes where a command can read them and other users cannot: in memory where the system has a place for it.
 *
 * @throws {@link SopsError} `write-failed`
 *
 * @example
 * import { readFile } from "node:fs/promises";
 * import { writeSecretFile } from "@idstack/sops";
 * await using file = await writeSecretFile(Buffer.from("hunter2"), { name: "token", fifo: false, env: process.env });
 * console.log((await readFile(file.path)).length); // 7
 */
export async function writeSecretFile(bytes: Uint8Array, options: SecretFileOptions): Promise<SecretFile> {
  const folder = await makePrivateFolder(options.env, options.fifo ? 0 : bytes.length);
  const path = join(folder, options.name);
  const onExit = () => {
    if (options.fifo) removeFifo(path, folder);
    else rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", onExit);
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    process.off("exit", onExit);
  };
  try {
    if (options.fifo) await makeFifo(path);
    else await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    await remove();
    if (cause instanceof SopsError) throw cause;
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new SopsError("write-failed", `the temporary file cannot be written (${why})`, { cause });
  }
  if (!options.fifo) return { path, [Symbol.asyncDispose]: remove };
  // A reader that leaves early is none of our business.
  const served = writeFile(path, bytes, { flag: constants.O_WRONLY }).catch(() => undefined);
  return {
    path,
    async [Symbol.asyncDispose]() {
      removeFifo(path, folder);
      process.off("exit", onExit);
      await served;
    },
  };
}

/**
 * Opening a pipe to write blocks a thread until somebody reads, and this process could not end: so somebody does, until the
 * pipe is gone. A thread that gets to it late on a busy machine finds a reader before, and nothing to open afterwards.
 */
function removeFifo(path: string, folder: string): void {
  const reader = openToRead(path);
  rmSync(folder, { recursive: true, force: true });
  if (reader !== undefined) closeSync(reader);
}

function openToRead(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // The command has removed it.
    return undefined;
  }
}

/** There is no call for it in Node. */
async function makeFifo(path: string): Promise<void> {
  await promisify(execFile)("mkfifo", ["-m", "600", path]).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === "ENOENT" ? "there is no program mkfifo" : "mkfifo failed";
    throw new SopsError("program-not-found", `${what}: use a regular file`);
  });
}
