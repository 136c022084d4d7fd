export type RealErrorCode =
  | "unknown-component"
  | "not-installed"
  | "requirement-missing"
  | "build-failed"
  | "interrupted"
  | "start-failed"
  | "not-ready"
  | "command-failed"
  | "request-failed"
  | "stopped";

/** Everything that goes wrong at run time in this package; `code` says what, the message how to go on. */
export class RealError extends Error {
  override readonly name = "RealError";
  readonly code: RealErrorCode;

  constructor(code: RealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
