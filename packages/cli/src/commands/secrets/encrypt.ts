import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags, selectionFlags } from "./add-flags.ts";

/** `idstack secrets encrypt [file]`: a plain file, encrypted. */
export function encryptCommand(io: Io, finish: Finish): Command {
  const command = new Command("encrypt")
    .description("encrypts a file, by the creation rule in .sops.yaml or for --age")
    .argument("[file]", "the plain file; stdin if left out, or -, with --filename-override");
  addFlags(command, "in-place", "output", "age", "config", ...selectionFlags, "shamir-secret-sharing-threshold");
  addFlags(command, "input-type", "output-type", "emit", "indent", "filename-override");
  return command.addHelpText("after", help).action(async (file: string | undefined, flags: SopsFlags) => {
    const { encryptCommand: run } = await import("../../sops/encrypt.ts");
    await run({ io, flags, args: file === undefined ? [] : [file], strict: false });
    finish(0);
  });
}

const help = `
Examples:
  idstack secrets encrypt -i db.enc.yaml
  idstack secrets encrypt -i --emit source db.enc.yaml     keeps blank lines, quotes and comments where they are
  idstack secrets encrypt --age age1…,age1… --encrypted-regex '^(data|stringData)$' secret.yaml > secret.enc.yaml
  kubectl create secret generic db --from-env-file=db.env --dry-run=client -o yaml |
    idstack secrets encrypt --filename-override clusters/home/db.yaml > clusters/home/db.yaml

The rule is that of the nearest .sops.yaml above the file, wherever this runs; sops itself looks above the current folder.
With --age no rule is needed.

Exit status, as sops: 0 done, 1 nobody to encrypt for, or a key or rule that cannot be used, 2 the file cannot be read, 8
flags exclude each other, 23 a value cannot be encrypted, 92 the file is empty, 100 no such file, 203 it is encrypted
already. 2 for wrong usage, too.
`;
