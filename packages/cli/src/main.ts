import { StackError } from "@idstack/stack";
import { CommanderError } from "commander";
import { CliError } from "./errors.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { program } from "./program.ts";

/**
 * Runs one command line and returns its exit status; it never exits the process itself.
 *
 * @param args - Without the program: `["audit", "clusters/"]`.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let status: number = exitCodes.ok;
  const command = program(io, (code) => {
    status = code;
  });
  try {
    await command.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof CliError || error instanceof StackError) {
      io.err.write(`idstack: ${error.message}\n`);
      return exitCodes.usage;
    }
    io.err.write(`idstack: ${describe(error)}\n`);
    return exitCodes.failure;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? ` [${error.code}]` : "";
  return `${error.message}${code}`;
}
