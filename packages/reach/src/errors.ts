/**
 * Why a question cannot be answered:
 * - `no-endpoint`: a party selects nothing, so any claim about it would be about nothing
 * - `no-port`: a named port that the destination does not declare
 * - `invalid-endpoints`: `.idstack/endpoints.json` is not a list of virtual endpoints
 */
export type ReachErrorCode = "no-endpoint" | "no-port" | "invalid-endpoints";

/**
 * A question that cannot be answered from the documents.
 *
 * @example
 * ```ts
 * try {
 *   cluster.flow("apps/wep", "apps/api");
 * } catch (error) {
 *   if (error instanceof ReachError && error.code === "no-endpoint") console.error(error.message); // did you mean "apps/web"?
 * }
 * ```
 */
export class ReachError extends Error {
  override readonly name = "ReachError";
  readonly code: ReachErrorCode;
  /** The party or port in question, as it was written. */
  readonly subject: string;
  /** Names that exist and come close to what was written. */
  readonly suggestions: readonly string[];

  constructor(
    code: ReachErrorCode,
    message: string,
    details: { readonly subject: string; readonly suggestions?: readonly string[]; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject;
    this.suggestions = details.suggestions ?? [];
  }
}
