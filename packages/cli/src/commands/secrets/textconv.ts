import type { SopsFormat } from "@idstack/sops";
import { Command, Option } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import { formats } from "./formats.ts";

/** `idstack secrets textconv <file>`: how `git diff` shows an encrypted file. */
export function textconvCommand(io: Io, finish: Finish): Command {
  return new Command("textconv")
    .description("prints an encrypted file for git diff: a short digest for each value, recipients for metadata")
    .argument("<file>", "as git passes it")
    .addOption(
      new Option("--input-type <format>", "format of the file, instead of that of its extension").choices(formats),
    )
    .addHelpText("after", help)
    .action(async (file: string, { inputType }: { readonly inputType?: SopsFormat }) => {
      const { textconvFile } = await import("../../git/textconv-file.ts");
      await textconvFile(file, inputType, io);
      finish(exitCodes.ok);
    });
}

const help = `
Examples:
  idstack secrets merge --install      sets it up, together with the merge driver
  git diff                             then shows which values changed, and no plaintext
  git log -p --no-textconv             the files as they are

Equal values have equal digests, and a digest says nothing about its value without the key in .git/idstack/textconv.key:
made at random for each clone and never pushed, so digests of two clones have nothing in common. Without a key that opens
the file, names and recipients are shown.

Exit status: 0 done, 2 wrong usage, 3 another failure.
`;
