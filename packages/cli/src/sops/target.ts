import { readFile, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { SopsFormat } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { SopsExit, sopsStatus } from "./exit.ts";

/** The first argument as a file; none, or `-`, is stdin where a command reads from there. */
export function targetOf({ io, flags, args }: SopsCall): Target {
  const [shown] = args;
  const override = flags.filenameOverride;
  const path = shown === undefined || shown === "-" ? undefined : resolve(io.cwd, shown);
  const named = override ? resolve(io.cwd, override) : (path ?? "");
  return { shown: path === undefined ? undefined : shown, path, named };
}

/** As {@link targetOf}, for commands that take no stdin. */
export function fileOf(call: SopsCall): Target & { readonly path: string; readonly shown: string } {
  const { shown, path, named } = targetOf(call);
  if (path === undefined || shown === undefined) throw new SopsExit(sopsStatus.noFile, "no file is given");
  return { shown, path, named };
}

/** Refuses a file that is not there, with the status sops has for it. */
export async function assertThere({ path, shown }: Target): Promise<void> {
  if (path === undefined || (await exists(path))) return;
  throw new SopsExit(sopsStatus.noFile, `there is no file ${shown}`);
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}

/** The bytes of a file, or of stdin. */
export async function readTarget({ path, shown }: Target, { io }: SopsCall): Promise<Buffer> {
  try {
    if (path !== undefined) return await readFile(path);
    return io.in === undefined ? Buffer.alloc(0) : await buffer(io.in);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new SopsExit(sopsStatus.read, `${shown ?? "stdin"}: ${why}`, { cause });
  }
}

const FORMATS: readonly string[] = ["yaml", "json", "dotenv", "ini", "binary"];

/** The format of a flag, or of a path. sops takes a format it does not know for none; the idstack grammar refuses it. */
export function formatFor(flag: string | undefined, named: string, { strict }: SopsCall): SopsFormat {
  if (flag !== undefined && FORMATS.includes(flag)) return flag as SopsFormat;
  if (flag && !strict) throw new SopsExit(sopsStatus.generic, `the formats are ${FORMATS.join(", ")}`);
  if (/\.ya?ml$/.test(named)) return "yaml";
  if (named.endsWith(".json")) return "json";
  if (named.endsWith(".env")) return "dotenv";
  return named.endsWith(".ini") ? "ini" : "binary";
}

/** How errors name a target. */
export function shownName({ shown, named, path }: Target): string {
  return shown ?? (path === undefined && isAbsolute(named) ? named : "stdin");
}
