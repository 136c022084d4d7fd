/** Every code of a {@link CrdProblem}. */
export type CrdProblemCode =
  /** Something that every definition needs is missing, or is not of the type it must be. */
  | "incomplete-definition"
  /** Two parts of the definition contradict each other: its name and its group, its versions … */
  | "inconsistent-definition"
  /** The schema is not structural, or uses what the API server does not support. */
  | "not-structural";

/** Why an API server refuses a CustomResourceDefinition. */
export interface CrdProblem {
  readonly code: CrdProblemCode;
  /** Keys and indices from the root of the definition. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly help: string;
}
