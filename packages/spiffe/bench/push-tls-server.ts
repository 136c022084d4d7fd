/** A bare TLS server in a process of its own that is handed each certificate and key over IPC, for push-latency.bench.ts. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type SecureContextOptions } from "node:tls";

const [identity] = (await once(process, "message")) as [SecureContextOptions];
const server = createServer({ ...identity, ca: [], requestCert: true, rejectUnauthorized: false }, (socket) =>
  socket.on("error", () => {}).resume(),
);
process.on("message", (next: SecureContextOptions) => server.setSecureContext({ ...next, ca: [] }));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
