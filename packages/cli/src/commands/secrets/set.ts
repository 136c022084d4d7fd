import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

const shared = ["input-type", "output-type", "emit", "indent", "ignore-mac", "decryption-order"] as const;

/** `idstack secrets set <file> <path> [value]`: changes one value. */
export function setCommand(io: Io, finish: Finish): Command {
  const command = new Command("set")
    .description("sets one value of a file")
    .argument("<file>", "the file")
    .argument("<path>", `keys and indices: '["db"]["ports"][0]'`)
    .argument("[value]", "the value as JSON, or with --value-file a file that holds it");
  addFlags(command, "value-stdin", "value-file", "idempotent", ...shared);
  return command
    .addHelpText("after", setHelp)
    .action(async (file: string, path: string, value: string | undefined, flags: SopsFlags) => {
      const { setCommand: run } = await import("../../sops/set.ts");
      await run({ io, flags, args: value === undefined ? [file, path] : [file, path, value], strict: false });
      finish(0);
    });
}

/** `idstack secrets unset <file> <path>`: removes one value. */
export function unsetCommand(io: Io, finish: Finish): Command {
  const command = new Command("unset")
    .description("removes one value of a file")
    .argument("<file>", "the file")
    .argument("<path>", `keys and indices: '["db"]["ports"][0]'`);
  addFlags(command, "idempotent", ...shared);
  return command.addHelpText("after", unsetHelp).action(async (file: string, path: string, flags: SopsFlags) => {
    const { unsetCommand: run } = await import("../../sops/set.ts");
    await run({ io, flags, args: [file, path], strict: false });
    finish(0);
  });
}

const setHelp = `
Examples:
  openssl rand -hex 32 | jq -R . | idstack secrets set --value-stdin db.enc.yaml '["stringData"]["password"]'
  idstack secrets set app.enc.yaml '["replicas"]' 3
  idstack secrets set app.enc.yaml '["users"][99]' '"api"'      an index behind the end appends

A value in an argument is in the history of your shell, and in the process list while this runs: --value-stdin is not. Only
the line of the value differs afterwards, and none when it was equal.

Exit status, as sops: 0 done, 2 the file cannot be read, 7 path or value is malformed, 100 an argument is missing, 128 no
key fits; otherwise as for decrypt. 2 for wrong usage, too.
`;

const unsetHelp = `
Examples:
  idstack secrets unset app.enc.yaml '["users"][0]'
  idstack secrets unset --idempotent app.enc.yaml '["old"]'

Exit status, as sops: 0 done, 1 there is no such value (0 with --idempotent), 2 the file cannot be read, 7 the path is
malformed, 128 no key fits; otherwise as for decrypt. 2 for wrong usage, too.
`;
