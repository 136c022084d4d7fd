import { packageTests } from "../../vitest.shared.ts";

// Each test starts processes.
export default packageTests("@idstack/example-mtls-services", { testTimeout: 60_000, hookTimeout: 60_000 });
