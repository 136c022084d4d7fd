import { programPath } from "./installed.ts";
import { type ProgramResult, type RunOptions, runProgram } from "./internal/run-program.ts";

/**
 * Runs a program of the cache to its end.
 *
 * @throws {RealError} `not-installed`; `command-failed` with what it wrote to stderr, unless `allowFailure`.
 * @example
 * ```ts
 * import { run } from "@idstack/tool-real";
 * const { stdout } = await run("age-keygen", ["-pq"]);
 * ```
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runProgram(await programPath(program), args, options);
}
