import type { SopsFormat } from "@idstack/sops";
import { Command, InvalidArgumentError, Option } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import { formats } from "./formats.ts";

interface MergeFlags {
  readonly markerSize?: number;
  readonly inputType?: SopsFormat;
  readonly install?: boolean;
  readonly command?: string;
}

/** `idstack secrets merge`: git's merge driver for encrypted files. */
export function mergeCommand(io: Io, finish: Finish): Command {
  const command = new Command("merge")
    .description("merges encrypted files by value, as git's merge driver; --install tells git about it")
    .usage("[options] %O %A %B %P | --install [patterns...]")
    .argument("[files...]", "base, ours, theirs and the path in the repository, as git passes them")
    .option("--marker-size <n>", "length of conflict markers, %L", markerSize)
    .addOption(
      new Option("--input-type <format>", "format of the file, instead of that of its extension").choices(formats),
    )
    .option("--install", "set up the merge driver and the diff of this clone, and add the patterns to .gitattributes")
    .option("--command <command>", "with --install: how git starts idstack, for example npx idstack")
    .addHelpText("after", help);
  return command.action(async (files: string[], flags: MergeFlags) => {
    if (flags.install === true) {
      const { install } = await import("../../git/install.ts");
      const { attributes, command: program } = await install(files, flags.command, io);
      for (const line of attributes) io.out.write(`.gitattributes: ${line}\n`);
      io.out.write(`git config: merge.idstack and diff.idstack run ${program}\n`);
      io.out.write("Commit .gitattributes; every other clone runs idstack secrets merge --install once.\n");
      return finish(exitCodes.ok);
    }
    const [base, ours, theirs, path, ...more] = files;
    if (base === undefined || ours === undefined || theirs === undefined || more.length > 0) {
      return command.error("error: merge takes base, ours, theirs and the path: %O %A %B %P");
    }
    const { mergeDriver } = await import("../../git/merge-driver.ts");
    const { markerSize: size, inputType: format } = flags;
    finish(await mergeDriver({ base, ours, theirs, path: path ?? ours, markerSize: size, format }, io));
  });
}

function markerSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1) return size;
  throw new InvalidArgumentError("it is a number of characters, 7 in most repositories.");
}

const help = `
Examples:
  idstack secrets merge --install                       for *.sops.* and *.enc.*
  idstack secrets merge --install 'clusters/**/secret-*.yaml' '*.tfvars.json'

Values that one side changed are taken over; neighbouring lines, mac and lastmodified never conflict. Where both sides
changed a value, the file holds conflict markers with both sides encrypted: finish with idstack secrets resolve. Files that
are not encrypted, and encrypted ones that no key here opens, are merged by git's own rules.

git takes drivers from the configuration of a clone only, never from a repository: cloning must not run programs. So every
clone runs --install once; its worktrees share it.

Exit status: 0 merged, 1 conflicts, 2 wrong usage, 3 another failure.
`;
