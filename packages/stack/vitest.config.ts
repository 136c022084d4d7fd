import { packageTests } from "../../vitest.shared.ts";

// Importing every builder takes longer than the tests of most files, and no file changes what another sees.
export default packageTests("@idstack/stack", { isolate: false });
