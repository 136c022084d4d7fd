import type { Diagnostic } from "@idstack/manifests";

/** `LIMIT_EXCEEDED`: the policy holds more of something than Tetragon's programs take, so it would not load. */
export type PolicyErrorCode = "LIMIT_EXCEEDED";

/**
 * A policy that cannot be built as asked. Wrong options are a `TypeError`; this is for policies that are well-formed
 * and would still be refused by what loads them.
 *
 * @example
 * ```ts
 * import { blockShells, PolicyError } from "@idstack/policy";
 * try {
 *   blockShells({ namespace: "apps", binaries: [`/${"x".repeat(200)}`] });
 * } catch (error) {
 *   if (error instanceof PolicyError) console.log(error.code, error.diagnostics[0]?.path);
 * }
 * ```
 */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code: PolicyErrorCode;
  /** What is wrong and where in the object. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: PolicyErrorCode, message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.code = code;
    this.diagnostics = diagnostics;
  }
}
