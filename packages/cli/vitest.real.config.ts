import { packageTests } from "../../vitest.shared.ts";

/** Comparisons with real programs; run by `pnpm test:real`. */
export default packageTests("idstack real", {
  include: ["test-real/**/*.test.ts"],
  outputFile: { json: ".report/real.json" },
  testTimeout: 600_000,
  hookTimeout: 1_800_000,
  // Cases wait for processes, two programs at a time.
  maxConcurrency: 3,
});
