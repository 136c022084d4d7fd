import type { Command } from "commander";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";
import type { SopsFlags } from "../../sops/flags.ts";
import { addFlags } from "./add-flags.ts";
import { execCommand, execStatus } from "./exec-command.ts";

/** `idstack secrets exec-file`: a command that reads a decrypted file. */
export function execFileCommand(io: Io, finish: Finish): Command {
  const command = execCommand("exec-file", "an encrypted file", "; {} is the decrypted file")
    .description("runs a command that reads the decrypted file where it says {}")
    .addHelpText("after", help)
    .action(async (file: string, words: readonly string[], { fifo, ...flags }: SopsFlags & { fifo: boolean }) => {
      const { execFileCommand: execFile } = await import("../../sops/exec.ts");
      finish(await execFile({ io, flags: { ...flags, noFifo: !fifo }, args: [file, ...words], strict: false }));
    });
  addFlags(command, "filename", "input-type", "output-type", "user", "decryption-order");
  return command.option("--no-fifo", "a regular file instead of a named pipe");
}

const help = `
Examples:
  idstack secrets exec-file secret.yaml -- kubectl apply -f {}
  idstack secrets exec-file --no-fifo --filename key.pem key.pem.enc -- openssl x509 -in {} -noout -text

A named pipe can be read once, from its beginning to its end, and is never on a disk. Programs that look at a file twice
need --no-fifo: the file is in memory where the system has a place for it (XDG_RUNTIME_DIR, /dev/shm), readable for you
alone, and removed when the command ends.

${execStatus}`;
