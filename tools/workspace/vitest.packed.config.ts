import { packageTests } from "../../vitest.shared.ts";

/** What only shows in an installed tarball; run by `pnpm pkglint`, after every package is built. */
export default packageTests("@idstack/tool-workspace packed", {
  include: ["test-packed/**/*.test.ts"],
  fileParallelism: false,
  outputFile: { json: ".report/packed.json" },
});
