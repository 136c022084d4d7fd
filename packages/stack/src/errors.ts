import type { Diagnostic } from "@idstack/manifests";

/** Why a declaration was refused. */
export type StackErrorCode = "invalid-declaration";

/** What is wrong with a declaration, besides the codes that builders and schemas have of their own. */
export type StackDiagnosticCode =
  /** A setting is missing, misspelt, or has a value that it cannot have. */
  | "stack/shape"
  /** A name refers to nothing. */
  | "stack/unknown-name"
  /** A setting needs another one that is not there. */
  | "stack/needs"
  /** Two settings contradict each other, or one cannot work. */
  | "stack/conflict"
  /** A name is taken: by the cluster, a chart, or another setting. */
  | "stack/name-taken"
  /** An object of `objects` that cannot be delivered. */
  | "stack/object";

/** A declaration that cannot be expanded; {@link StackError.diagnostics} says what is wrong, each with its path. */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly code: StackErrorCode = "invalid-declaration";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const lines = diagnostics.map(
      ({ path, message, help }) =>
        `  ${path || "(the declaration)"}: ${message.replace(/[^.?]$/, "$&.")}${help ? ` ${help}` : ""}`,
    );
    super(
      `The stack declaration has ${diagnostics.length} error${diagnostics.length === 1 ? "" : "s"}:\n${lines.join("\n")}`,
    );
    this.diagnostics = diagnostics;
  }
}
