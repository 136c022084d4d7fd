import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

/** `idstack secrets rotate <path…>`: new data keys. */
export function rotateCommand(io: Io, finish: Finish): Command {
  const command = new Command("rotate")
    .description("gives files new data keys, and other recipients if asked")
    .argument("<path...>", "a file; with -i also several, and folders");
  addFlags(command, "in-place", "output", "add-age", "rm-age", "input-type", "output-type", "emit", "indent");
  addFlags(command, "filename-override", "ignore-mac", "decryption-order");
  return command
    .option("--json", "with -i, print one JSON document")
    .addHelpText("after", help)
    .action(async (args: string[], flags: SopsFlags) => {
      const { rotatePaths } = await import("../../sops/rotate-paths.ts");
      await rotatePaths({ io, flags, args, strict: false });
      finish(0);
    });
}

const help = `
Examples:
  idstack secrets rotate -i db.enc.yaml
  idstack secrets rotate -i --rm-age age1… db.enc.yaml     the removed key opens nothing that is written from now on
  idstack secrets rotate -i clusters/                      every encrypted file below

A rotation does not reach copies: git keeps the old versions, and whoever could open them still can. When a key was lost or
stolen, change the secrets themselves, too. Each file is either old or new, also when this is interrupted.

Exit status, as sops: 0 done, 1 not encrypted, or one of several files failed, 2 the file cannot be read, 49 there is no file
to change recipients of, 128 no key fits; otherwise as for decrypt. 2 for wrong usage, too.
`;
