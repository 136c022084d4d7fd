import { packageTests } from "../../vitest.shared.ts";

// Tests start processes that run from source: slow where many do so at once.
export default packageTests("idstack", { testTimeout: 60_000 });
