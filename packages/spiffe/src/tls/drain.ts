import type { Server } from "node:tls";
import { type Clock, systemClock } from "../clock.ts";
import { Connections } from "../internal/tls/connections.ts";

/** Options of {@link drain}. */
export interface DrainOptions {
  /** Milliseconds after which what is left is cut off. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Stops a server of this package gracefully: it takes no new connections, requests that are under way are answered, idle
 * connections close. HTTP/1 responses say `Connection: close`, HTTP/2 sends GOAWAY, plain TLS ends its side.
 *
 * @returns How many connections had to be cut off.
 * @throws TypeError for a server of another origin.
 *
 * @example
 * ```ts
 * import { createServer, drain } from "@idstack/spiffe/https";
 * import type { X509Source } from "@idstack/spiffe";
 * export function serve(source: X509Source): void {
 *   const server = createServer({ source, authorize: ["spiffe://homelab.internal/web"] }, (_req, res) => res.end("ok")).listen(8443);
 *   process.once("SIGTERM", () => drain(server, { timeoutMs: 5000 }));
 * }
 * ```
 */
export async function drain(server: Server, options: DrainOptions = {}): Promise<number> {
  const { timeoutMs = 10_000, clock = systemClock } = options;
  const connections = Connections.of(server);
  if (connections === undefined) throw new TypeError("drain is for servers that @idstack/spiffe created");
  const closed = new Promise<void>((resolve) => {
    if (server.listening) server.close(() => resolve());
    else resolve();
  });
  let cut = 0;
  const cancel = clock.schedule(() => {
    cut = connections.size;
    connections.destroy();
  }, timeoutMs);
  await Promise.all([connections.drain(), closed]);
  cancel();
  return cut;
}
