import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

/** `idstack secrets filestatus <file>`: whether a file is encrypted. */
export function fileStatusCommand(io: Io, finish: Finish): Command {
  const command = new Command("filestatus")
    .description("says as JSON whether a file is encrypted")
    .argument("<file>", "the file");
  addFlags(command, "input-type");
  return command
    .option("--json", "accepted, as everywhere: the answer is JSON anyway")
    .addHelpText("after", help)
    .action(async (file: string, flags: SopsFlags) => {
      const { fileStatusCommand: run } = await import("../../sops/file-status.ts");
      await run({ io, flags, args: [file], strict: false });
      finish(0);
    });
}

const help = `
Examples:
  idstack secrets filestatus db.enc.yaml          {"encrypted":true}

It looks for the metadata of sops, and needs no key. Whether every value is encrypted that should be is what idstack secrets
guard finds out.

Exit status, as sops: 0 either way, 1 the file cannot be read. 2 for wrong usage.
`;
