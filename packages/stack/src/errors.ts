import type { Diagnostic } from "@idstack/manifests";

/** Why a declaration was refused. */
export type StackErrorCode = "invalid-declaration";

/** A declaration that cannot be expanded; {@link diagnostics} says what is wrong, each with its path. */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly code: StackErrorCode = "invalid-declaration";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const lines = diagnostics.map(
      ({ path, message, help }) => `  ${path ?? "(root)"}: ${message}${help ? ` ${help}` : ""}`,
    );
    super(
      `The stack declaration has ${diagnostics.length} error${diagnostics.length === 1 ? "" : "s"}:\n${lines.join("\n")}`,
    );
    this.diagnostics = diagnostics;
  }
}
