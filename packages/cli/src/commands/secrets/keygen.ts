import { Command } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";

/** The options of `idstack secrets keygen`, as they were written. */
export interface KeygenFlags {
  readonly output?: string;
  readonly postQuantum?: boolean;
  readonly json?: boolean;
}

/** `idstack secrets keygen`: an age key pair. */
export function keygenCommand(io: Io, finish: Finish): Command {
  return new Command("keygen")
    .description("makes an age key pair")
    .option("-o, --output <file>", "write the private key to a new file, readable by you alone, instead of stdout")
    .option("--post-quantum", "a hybrid key, for sops 3.12 and newer")
    .option("--json", "print one JSON document; the private key is in it only without --output")
    .addHelpText("after", help)
    .action(async (flags: KeygenFlags) => {
      const { keygen } = await import("../../sops/keygen.ts");
      await keygen(flags, io);
      finish(exitCodes.ok);
    });
}

const help = `
Examples:
  idstack secrets keygen -o ~/.config/sops/age/keys.txt      where sops and idstack look for it on Linux
  idstack secrets keygen -o offline.txt                      a second one to keep on paper or a USB stick

The public key, age1…, goes into .sops.yaml. An existing file is never overwritten.

Exit status: 0 done, 2 the file is there already or wrong usage, 3 another failure.
`;
