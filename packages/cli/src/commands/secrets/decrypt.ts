import { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";

/** `idstack secrets decrypt [file]`: a file in plaintext. */
export function decryptCommand(io: Io, finish: Finish): Command {
  const command = new Command("decrypt")
    .description("prints a file in plaintext, byte for byte as sops does")
    .argument("[file]", "the file; stdin if left out, or -");
  addFlags(command, "in-place", "output", "extract", "input-type", "output-type", "emit", "indent", "ignore-mac");
  addFlags(command, "filename-override", "config", "decryption-order");
  return command.addHelpText("after", help).action(async (file: string | undefined, flags: SopsFlags) => {
    const { decryptCommand: run } = await import("../../sops/decrypt.ts");
    await run({ io, flags, args: file === undefined ? [] : [file], strict: false });
    finish(0);
  });
}

const help = `
Examples:
  idstack secrets decrypt db.enc.yaml
  idstack secrets decrypt --extract '["stringData"]["password"]' db.enc.yaml
  idstack secrets decrypt --output-type json app.enc.yaml | jq .
  idstack secrets decrypt --emit source db.enc.yaml        with the blank lines and quotes of the file
  git show HEAD~1:db.enc.yaml | idstack secrets decrypt --input-type yaml --output-type yaml

Keys are looked for where sops looks: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD, ssh keys, and keys.txt in the
sops/age folder of the configuration. A failure lists each of them and why it did not fit.

Exit status, as sops: 0 done, 1 not encrypted or no such value, 4 the output format cannot hold it, 25 a value and 51 the
file was changed without its key, 91 --extract is no path, 100 no such file, 128 no key fits. 2 for wrong usage.
`;
