import { expect } from "vitest";
import { explain, formatFlow, holds } from "../explain.ts";
import type { FlowResult } from "../result.ts";

/** Assertions about flows that `expect` gains by importing `@idstack/reach/vitest`. */
export interface ReachMatchers<R = unknown> {
  /**
   * Every pair is allowed, and nothing casts doubt on it. Negated: every pair is denied (a mixed or unknown answer
   * fails both ways).
   *
   * @example
   * ```ts
   * expect(cluster.flow("apps/web", "apps/api", "tcp/8080")).toBeAllowed();
   * ```
   */
  toBeAllowed(): R;
  /**
   * Every pair is denied on the port, or on every port if the flow names none.
   *
   * @example
   * ```ts
   * expect(cluster.flow("arr-stack/*", "ai/*")).toBeBlocked();
   * ```
   */
  toBeBlocked(): R;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends ReachMatchers<R> {}
}

interface MatcherState {
  readonly isNot?: boolean;
}

expect.extend({
  toBeAllowed(this: MatcherState, received: unknown) {
    return judge(received, "allowed", this.isNot === true);
  },
  toBeBlocked(this: MatcherState, received: unknown) {
    return judge(received, "denied", this.isNot === true);
  },
});

function judge(
  received: unknown,
  expected: "allowed" | "denied",
  negated: boolean,
): { pass: boolean; message: () => string } {
  if (!isFlowResult(received)) throw new TypeError("expected the result of cluster.flow(…)");
  const opposite = expected === "allowed" ? "denied" : "allowed";
  const wanted = negated ? opposite : expected;
  const holdsNow = holds(received, wanted);
  return {
    // With .not, Vitest turns `pass` around: an answer that proves neither must fail there too.
    pass: negated ? !holdsNow : holdsNow,
    message: () => `expected ${formatFlow(received.query)} to be ${wanted}\n\n${explain(received, wanted)}`,
  };
}

function isFlowResult(value: unknown): value is FlowResult {
  return typeof value === "object" && value !== null && "verdict" in value && "pairs" in value && "query" in value;
}
