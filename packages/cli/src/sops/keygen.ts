import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { CliError } from "../errors.ts";
import type { Io } from "../io.ts";

/** How {@link keygen} gives out a key. */
export interface KeygenOptions {
  readonly output?: string;
  readonly postQuantum?: boolean;
  readonly json?: boolean;
}

/**
 * Makes an age key pair; the private key goes to stdout, or into a new file that only its owner reads.
 *
 * @throws CliError `file-exists`
 */
export async function keygen({ output, postQuantum, json }: KeygenOptions, io: Io): Promise<void> {
  const { formatIdentityFile, generateIdentity } = await import("@idstack/sops");
  const key = await generateIdentity({ postQuantum: postQuantum === true });
  if (output !== undefined) await writeNew(resolve(io.cwd, output), output, formatIdentityFile(key));
  if (json === true) {
    const { identity, recipient } = key;
    const shown = output === undefined ? { recipient, identity } : { recipient, file: output };
    return io.out.write(`${JSON.stringify(shown, null, 2)}\n`);
  }
  if (output === undefined) io.out.write(formatIdentityFile(key));
  io.err.write(`Public key: ${key.recipient}\n`);
}

async function writeNew(path: string, shown: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    const message = `${shown} is there already, and a key that is overwritten is lost: move it away, or choose another name`;
    throw new CliError("file-exists", message, { cause: error });
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
