/** Why a command stopped. */
export type CliErrorCode = "config-not-found" | "config-invalid" | "not-a-directory" | "invalid-identity" | "sops-file";

/** A command that cannot go on; the message says what to do. Exit status 2. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
