import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags, selectionFlags } from "./add-flags.ts";

/** `idstack secrets edit <file>`: a file in an editor. */
export function editCommand(io: Io, finish: Finish): Command {
  const command = new Command("edit")
    .description("opens a file in your editor, in plaintext; a new one is made by the creation rule")
    .argument("<file>", "the file");
  addFlags(command, "age", "config", ...selectionFlags, "shamir-secret-sharing-threshold", "input-type", "output-type");
  addFlags(command, "emit", "indent", "ignore-mac", "decryption-order");
  return command.addHelpText("after", help).action(async (file: string, flags: SopsFlags) => {
    const { editCommand: run } = await import("../../sops/edit.ts");
    await run({ io, flags, args: [file], strict: false });
    finish(0);
  });
}

const help = `
Examples:
  idstack secrets edit db.enc.yaml
  EDITOR='code --wait' idstack secrets edit db.enc.yaml

The editor is SOPS_EDITOR, EDITOR, or the first of vim, nano and vi; give editors that return at once a flag to wait. The
plaintext is in a file that only you can read, in memory where the system allows it, and is removed when the editor ends.
Only lines of values that changed differ afterwards. The flags for recipients and selection are for new files.

Exit status, as sops: 0 written, 200 nothing was changed, 201 no editor or it failed; otherwise as for decrypt and encrypt.
`;
