import { expect, it } from "vitest";
import { nodeProblem } from "../../src/internal/node-problem.ts";

it.each(["22.18.0", "22.21.1", "23.0.0", "24.0.0", "24.21.0", "26.1.0-nightly2026"])("runs on Node %s", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(["18.20.8", "20.20.0", "22.0.0", "22.17.1"])("does not run on Node %s, and says what to do", (version) => {
  expect(nodeProblem(version)).toBe(
    `this is Node ${version}, and a stack.config.ts needs Node 22.18 or newer to run. Put a newer node first on PATH.`,
  );
});
