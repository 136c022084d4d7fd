import { SopsError } from "../errors.ts";

/** What to say of a program that cannot be run. */
export function notStarted(program: string, { code = "unknown error" }: NodeJS.ErrnoException): SopsError {
  // The error of spawn() itself lists the arguments.
  const why = code === "ENOENT" ? "there is no such program on PATH, or no such folder to run it in" : code;
  return new SopsError("program-not-found", `${program} cannot be run: ${why}`);
}
