import { basename, isAbsolute } from "node:path";
import type { DecryptOptions } from "../decrypt.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { decodeUtf8, readBytes } from "../internal/files.ts";
import { decryptedRoots, printDecrypted } from "../print-decrypted.ts";
import type { SopsFormat } from "../stores/format.ts";
import { environmentOf, type Variables } from "./environment.ts";
import { holdSignals } from "./hold-signals.ts";
import { runCommand } from "./run-command.ts";
import { writeSecretFile } from "./secret-file.ts";
import { replaceProcess, startCommand } from "./start-command.ts";

/** How {@link execWithSecrets} runs a command. `env` is where keys are looked up, and what the command inherits, a
 * `SOPS_AGE_KEY` in it too. */
export interface ExecOptions extends Omit<DecryptOptions, "file" | "emit"> {
  /**
   * - `env`, the default: the values at the top of the document as environment variables.
   * - `file`: the decrypted file, whose path takes the place of each `{}` in the arguments. It is in memory where the
   *   system has a place for it, readable for this user only, and removed when the command ends.
   * - `fifo`: the same as a pipe with a name, which can be read once and is never on a disk. Not on Windows.
   */
  readonly as?: "env" | "file" | "fifo" | undefined;
  /** Of what the file holds, in the layout of sops. Default: that of the encrypted file. */
  readonly outputFormat?: SopsFormat | undefined;
  /** Spaces, for YAML and JSON in a file. Default: four, and a tab. */
  readonly indent?: number | undefined;
  /** Of the temporary file. Default `tmp-file`. */
  readonly filename?: string | undefined;
  /** The value of variables that are `null` in the file, `<nil>` for that of sops. Default: there is no such variable. */
  readonly nullAs?: string | undefined;
  /** The command gets the secrets as its environment, and nothing else. Default false. */
  readonly pristine?: boolean | undefined;
  /** Where the command runs. Default: here. */
  readonly cwd?: string | undefined;
  /**
   * - `child`, the default: waits for the command and hands signals on to it.
   * - `background`: does not wait. The command has no stdin, stdout and stderr.
   * - `same`: becomes the command, which needs an absolute path. Not on Windows.
   *
   * The last two are for `env` only: nobody would be there to remove the file.
   */
  readonly process?: "child" | "background" | "same" | undefined;
  /** Called after decryption and before anything is written or run, to give up privileges; returns variables to add. */
  readonly beforeStart?: (() => Variables | Promise<Variables>) | undefined;
}

/**
 * Runs a command with the secrets of a file in its environment or in a file. They are never in its arguments, and the
 * environment of this process does not change. No shell is involved.
 *
 * Signals that come while the command runs are handed on to it, and this process goes on until it has ended. A process
 * that is killed (SIGKILL) cannot remove the temporary file.
 *
 * @returns The exit code of the command; 128 and the number of the signal if one ended it; 0 in the background.
 * @throws {@link SopsError} as `decryptFile`; `unsupported-value` for what cannot be a variable; `program-not-found`,
 * `write-failed`. TypeError for options that exclude each other.
 *
 * @example
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { execWithSecrets, generateIdentity, writeEncrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const file = join(await mkdtemp(join(tmpdir(), "sops-")), "app.env");
 * await writeEncrypted(file, { TOKEN: "hunter2" }, { recipients: [recipient] });
 * const command = ["node", "-e", "process.exit(process.env.TOKEN.length)"];
 * console.log(await execWithSecrets(file, command, { identities: [identity] })); // 7
 */
export async function execWithSecrets(
  file: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<number> {
  check(command, options);
  const { as = "env", cwd } = options;
  const text = await readBytes(file);
  if (as === "env") {
    const variables = await decryptVariables(text, { ...options, file });
    const env = environment(options, await options.beforeStart?.(), variables);
    if (options.process === "same") return replaceProcess(command, cwd, env);
    if (options.process === "background") return await startCommand(command, cwd, env).then(() => 0);
    using signals = holdSignals();
    return await runCommand(command, { cwd, env, signals });
  }
  const bytes = await printDecrypted(text, { ...options, file });
  const env = environment(options, await options.beforeStart?.(), {});
  using signals = holdSignals();
  const fifo = as === "fifo" && process.platform !== "win32";
  const place = { name: options.filename ?? "tmp-file", fifo, env: options.env ?? process.env };
  await using secret = await writeSecretFile(bytes, place);
  const [program = "", ...args] = command;
  return await runCommand([program, ...args.map((arg) => arg.replaceAll("{}", secret.path))], { cwd, env, signals });
}

async function decryptVariables(bytes: Uint8Array, options: DecryptOptions & ExecOptions): Promise<Variables> {
  const { file, format } = options;
  const [first] = await decryptedRoots(parseEncrypted(decodeUtf8(bytes, file), file, format), options);
  return first === undefined ? {} : environmentOf(first, file, options.nullAs);
}

function environment(options: ExecOptions, added: Variables = {}, secrets: Variables): NodeJS.ProcessEnv {
  const env = { ...(options.pristine === true ? {} : (options.env ?? process.env)), ...added, ...secrets };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

function check(command: readonly string[], { as = "env", process = "child", filename }: ExecOptions): void {
  if (command.length === 0) throw new TypeError("execWithSecrets: the command is empty");
  if (process === "same" && !isAbsolute(command[0] ?? "")) {
    throw new TypeError('execWithSecrets: process "same" needs the absolute path of a program');
  }
  if (as !== "env" && process !== "child") {
    throw new TypeError(`execWithSecrets: process "${process}" needs as "env": nobody would remove the file`);
  }
  if (filename !== undefined && (filename !== basename(filename) || /^\.{0,2}$/.test(filename))) {
    throw new TypeError("execWithSecrets: filename is a name without folders");
  }
}
