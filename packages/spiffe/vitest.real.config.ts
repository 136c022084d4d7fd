import { packageTests } from "../../vitest.shared.ts";

/** Against SPIRE and go-spiffe; run by `pnpm test:real`. One file at a time: each starts agents that need the processor. */
export default packageTests("@idstack/spiffe real", {
  include: ["test-real/**/*.test.ts"],
  fileParallelism: false,
  outputFile: { json: ".report/real.json" },
  testTimeout: 600_000,
  hookTimeout: 1_800_000,
});
