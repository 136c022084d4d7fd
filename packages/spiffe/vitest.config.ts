import { packageTests } from "../../vitest.shared.ts";

// Sockets and handshakes take their time on a busy machine; what is waited for has no upper limit of its own.
export default packageTests("@idstack/spiffe", { testTimeout: 60_000, expect: { poll: { timeout: 50_000 } } });
