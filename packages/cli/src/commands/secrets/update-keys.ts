import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

/** `idstack secrets updatekeys <path…>`: recipients by the creation rules. */
export function updateKeysCommand(io: Io, finish: Finish): Command {
  const command = new Command("updatekeys")
    .description("gives files the recipients of their creation rules")
    .argument("<path...>", "files, and folders for every encrypted file below");
  addFlags(command, "yes", "input-type", "config");
  return command
    .option("--json", "print one JSON document; without -y it is the plan, and nothing is written")
    .addHelpText("after", help)
    .action(async (args: string[], flags: SopsFlags) => {
      const { updateKeysCommand: run } = await import("../../sops/update-keys.ts");
      await run({ io, flags, args, strict: false });
      finish(0);
    });
}

const help = `
Examples:
  idstack secrets updatekeys clusters/         after a change of .sops.yaml: shows what would change, and asks
  idstack secrets updatekeys -y clusters/
  idstack secrets updatekeys --json clusters/  the plan, for CI

Files that have the recipients of their rule already are not touched. Values keep their bytes, and so do the wrapped keys of
recipients that stay. A removed recipient still knows the data key: rotate these files.

Exit status, as sops: 0 done, or nothing to do; 1 a file has no rule, is not encrypted or cannot be changed; 128 no key
opens the file. 2 for wrong usage.
`;
