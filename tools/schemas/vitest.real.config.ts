import { packageTests } from "../../vitest.shared.ts";

/** Comparisons with what a running API server serves; run by `pnpm test:real`. */
export default packageTests("@idstack/tool-schemas real", {
  include: ["test-real/**/*.test.ts"],
  fileParallelism: false,
  outputFile: { json: ".report/real.json" },
  testTimeout: 120_000,
  hookTimeout: 600_000,
});
