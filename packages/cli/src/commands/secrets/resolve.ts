import type { SopsFormat } from "@idstack/sops";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import { formats } from "./formats.ts";

type Takes = ReadonlyMap<string, "ours" | "theirs">;

interface ResolveFlags {
  readonly ours?: boolean;
  readonly theirs?: boolean;
  readonly edit?: boolean;
  readonly take?: Takes;
  readonly again?: boolean;
  readonly ignoreMac?: boolean;
  readonly inputType?: SopsFormat;
  readonly json?: boolean;
}

/** `idstack secrets resolve <file>`: finishes a merge that left conflicts. */
export function resolveCommand(io: Io, finish: Finish): Command {
  return new Command("resolve")
    .description("finishes the merge of an encrypted file that has conflicts, with a valid MAC")
    .argument("<file>", "encrypted file with conflict markers")
    .addOption(new Option("--ours", "take our side of every conflict").conflicts(["theirs", "edit"]))
    .addOption(new Option("--theirs", "take their side of every conflict").conflicts(["ours", "edit"]))
    .addOption(new Option("--edit", "decide in an editor: SOPS_EDITOR or EDITOR").conflicts(["ours", "theirs", "take"]))
    .option("--take <path=side>", "take ours or theirs at one path; can be given several times", collect)
    .option("--again", "merge the versions in git's index again, instead of what is in the file")
    .option("--ignore-mac", "accept a file that was changed by hand since it was merged")
    .addOption(
      new Option("--input-type <format>", "format of the file, instead of that of its extension").choices(formats),
    )
    .option("--json", "print one JSON document: what is resolved, and what is not")
    .addHelpText("after", help)
    .action(async (file: string, flags: ResolveFlags) => {
      const { resolveFile } = await import("../../git/resolve-file.ts");
      const { ours, theirs, edit, take = new Map(), again = false, ignoreMac = false, inputType, json = false } = flags;
      const side = ours === true ? "ours" : theirs === true ? "theirs" : edit === true ? "edit" : undefined;
      finish(await resolveFile(file, { side, take, again, ignoreMac, format: inputType, json }, io));
    });
}

function collect(text: string, before: Takes = new Map()): Takes {
  const [, path, side] = /^(.+)=(ours|theirs)$/s.exec(text) ?? [];
  if (path === undefined) throw new InvalidArgumentError("write it as stringData.token=theirs.");
  return new Map([...before, [path, side === "ours" ? "ours" : "theirs"]]);
}

const help = `
Examples:
  idstack secrets resolve db.sops.yaml                 lists what both sides changed
  idstack secrets resolve --theirs db.sops.yaml
  idstack secrets resolve --ours --take stringData.token=theirs db.sops.yaml
  idstack secrets resolve --edit db.sops.yaml          the plaintext with its conflict markers, in an editor
  idstack secrets resolve --again db.sops.yaml         where no key was at hand when git merged

What the sides agree about stays as it was merged. --edit needs a file for the editor: it is in memory (tmpfs) where the
system has that, readable by you alone, and removed when the editor ends. git add is left to you.

Exit status: 0 resolved, 1 conflicts are left, 2 wrong usage or the file cannot be resolved, 3 another failure.
`;
