/**
 * Three-valued truth: what the documents prove, refute, or leave open (a Service that is not in the tree, an address
 * nobody told us). Numbers, so that "and" is `Math.min` and "or" is `Math.max`.
 */
export type Tri = 0 | 1 | 2;

export const NO = 0 satisfies Tri;
export const MAYBE = 1 satisfies Tri;
export const YES = 2 satisfies Tri;

export function tri(value: boolean): Tri {
  return value ? YES : NO;
}

export function not(value: Tri): Tri {
  return (2 - value) as Tri;
}

export function and(a: Tri, b: Tri): Tri {
  return a < b ? a : b;
}

export function or(a: Tri, b: Tri): Tri {
  return a > b ? a : b;
}
