import { stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ReplaceOptions } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { SopsExit, sopsStatus } from "./exit.ts";

export interface ResultOptions {
  /** What the file held when it was read: somebody else's changes are not overwritten. */
  readonly before: Uint8Array;
  /** A new file is readable by its owner alone. */
  readonly secret?: boolean;
}

/** `-i` and `--output` exclude each other, and stdin cannot be written to. */
export function assertOneOutput({ flags }: SopsCall, { path }: Target): void {
  if (flags.inPlace === true && path === undefined) {
    throw new SopsExit(sopsStatus.conflict, "--in-place has no meaning for stdin");
  }
  if (flags.inPlace === true && flags.output) {
    throw new SopsExit(sopsStatus.conflict, "--in-place and --output exclude each other");
  }
}

/** Writes what a command made: into the file with `-i`, into another with `--output`, else to stdout. */
export async function writeResult(
  call: SopsCall,
  target: Target,
  result: string | Uint8Array,
  { before, secret }: ResultOptions,
): Promise<void> {
  const { io, flags } = call;
  if (flags.inPlace === true && target.path !== undefined) {
    return replaceWhole(target.path, result, { expected: before });
  }
  if (!flags.output) return io.out.write(result);
  const output = resolve(io.cwd, flags.output);
  const there = await stat(output).catch(() => undefined);
  // A pipe or a terminal has no content to replace.
  if (there !== undefined && !there.isFile()) return writeFile(output, result);
  await replaceWhole(output, result, secret === true ? { mode: 0o600 } : {});
}

/** A signal ends this process after the write: it must not leave plaintext beside the file. */
async function replaceWhole(path: string, result: string | Uint8Array, options: ReplaceOptions): Promise<void> {
  const { holdSignals, replaceFile } = await import("@idstack/sops");
  let came: NodeJS.Signals | undefined;
  try {
    using signals = holdSignals();
    signals.deliver((signal) => {
      came = signal;
    });
    await replaceFile(path, result, options);
  } finally {
    if (came !== undefined) process.kill(process.pid, came);
  }
}
