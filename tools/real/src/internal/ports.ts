import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * Ports of 127.0.0.1 that are free now, all different. Another process may still take one before its use: whoever
 * starts a server on them tries again when the address is in use.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    for (const server of servers) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  }
}
