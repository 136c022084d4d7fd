import { packageTests } from "../../vitest.shared.ts";

/** Comparisons with real programs; run by `pnpm test:real`. */
export default packageTests("@idstack/manifests real", {
  include: ["test-real/**/*.test.ts"],
  outputFile: { json: ".report/real.json" },
  // Each file has an API server of its own.
  fileParallelism: false,
  testTimeout: 600_000,
  hookTimeout: 1_800_000,
});
