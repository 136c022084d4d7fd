import type { StackDeclaration } from "./declaration/stack-declaration.ts";

/** A checked declaration: what `defineStack` returns and `expand` takes. */
export interface Stack {
  readonly declaration: StackDeclaration;
}
