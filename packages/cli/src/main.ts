import { CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureOf } from "./internal/failure.ts";
import { program } from "./internal/program.ts";
import { failureJson, reportFailure } from "./internal/report-failure.ts";
import { wantsJson } from "./internal/wants-json.ts";
import type { Io } from "./io.ts";

/**
 * Runs one command line and returns its exit status; it never throws and never exits the process itself. With `--json`
 * one JSON document is written to `io.out`, also when the command fails.
 *
 * @param args - Without the program: `["audit", "clusters/"]`.
 * @example
 * ```ts
 * import { main, processIo } from "idstack";
 * const status = await main(["schemas", "list", "velero"], processIo());
 * console.log(status); // 0
 * ```
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let status: number = exitCodes.ok;
  const json = wantsJson(args);
  const root = program(io, (code) => {
    status = code;
  });
  try {
    await root.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // --help and --version.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const failure = failureOf(error);
    if (failure.silent === true) return failure.status;
    if (json) io.out.write(failureJson(failure));
    // A command that is missing was answered with the help already.
    else if (!(error instanceof CommanderError && error.code === "commander.help")) {
      await reportFailure(failure, io);
      if (error instanceof CommanderError) io.err.write(`See ${helpFor(args)} for examples.\n`);
    }
    return failure.status;
  }

  function helpFor([name = ""]: readonly string[]): string {
    const known = root.commands.some((command) => command.name() === name);
    return known ? `idstack ${name} --help` : "idstack --help";
  }
}
