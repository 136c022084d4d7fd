import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";

/** The options of `idstack secrets report`, as they were written. */
export interface ReportFlags {
  readonly offline: readonly string[];
  readonly lost: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `idstack secrets report [folder]`: which keys open which files. */
export function reportCommand(io: Io, finish: Finish): Command {
  const list = (value: string, before: readonly string[] = []) => [...before, ...value.split(",")];
  return new Command("report")
    .description("shows which keys open which files, and what the loss of one would mean; needs no key")
    .argument("[path]", "a folder, or a file", ".")
    .option("--offline <recipients>", "keys that are kept offline: each file should have one", list)
    .option("--lost <recipients>", "a drill: who opens what when these keys are gone", list)
    .option("--strict", "warnings fail the command too")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (path: string, flags: Partial<ReportFlags>) => {
      const { report } = await import("../../sops/report.ts");
      finish(await report(path, { offline: [], lost: [], ...flags }, io));
    });
}

const help = `
Examples:
  idstack secrets report
  idstack secrets report --strict --offline age1… clusters/     in CI: two keys at least, one of them offline
  idstack secrets report --lost age1…                           the laptop was stolen: what now?

Exit status: 0 nothing is wrong, 1 a file cannot be read, or with --strict a warning, 2 wrong usage, 3 another failure.
`;
