import type { Diagnostic } from "@idstack/manifests";

/** Why a command cannot go on: the command line, the declaration or what they name is of no use. */
export type CliErrorCode =
  /** There is no declaration where it was looked for. */
  | "config-not-found"
  /** The declaration cannot be loaded, or is none; {@link CliError.diagnostics} says why. */
  | "config-invalid"
  /** A folder that was named is missing, or is a file. */
  | "not-a-directory"
  /** `--only` or `--skip` names a check that does not exist. */
  | "unknown-check"
  /** `idstack schemas add` found no CustomResourceDefinition, or not the file that was named. */
  | "definitions-not-found"
  /** An identity for `idstack dev` that cannot be issued. */
  | "invalid-identity"
  /** A folder that `idstack dev` must not make its own. */
  | "dev-folder"
  /** An encrypted file of the declaration is missing, in plain text, or encrypted to others. */
  | "sops-file"
  /** A file that must not be overwritten. */
  | "file-exists";

/** A command that cannot go on, with exit status 2; the message says what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  /** What is wrong in which file, if that is known; files are relative to the working directory. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly diagnostics?: readonly Diagnostic[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.diagnostics = options.diagnostics ?? [];
  }
}
