import { packageTests } from "../../vitest.shared.ts";

/** What needs the real programs; run by `pnpm test:real` after `pnpm real install`. A missing one is a failure. */
export default packageTests("@idstack/tool-real real", {
  include: ["test-real/**/*.test.ts"],
  fileParallelism: false,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  outputFile: { json: ".report/real.json" },
});
