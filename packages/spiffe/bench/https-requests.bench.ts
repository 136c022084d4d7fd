/**
 * Requests per second over kept-alive HTTPS connections against plain `node:https` with the same certificates; client and
 * server in processes of their own, the two libraries in turns.
 *
 *     node --conditions=@idstack/source bench/https-requests.bench.ts
 */
import { identities, LIBRARIES, type Library, Peer, row } from "./tls-processes.ts";

const ROUNDS = 15;
const results: Record<Library, number[]> = { node: [], idstack: [] };
const [server, client] = [identities("/server", 1), identities("/client", 1)];
const pairs = await Promise.all(
  LIBRARIES.map(async (library) => {
    const peers = { server: new Peer(library, server), client: new Peer(library, client) };
    const port = await peers.server.ask({ do: "serve", kind: "https", scenario: "same" });
    await peers.client.ask({ do: "requests", port, count: 3000, parallel: 8, scenario: "same" });
    return { library, port, ...peers };
  }),
);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { library, client: peer, port } of round % 2 === 0 ? pairs : pairs.toReversed()) {
    const load = { port, count: 3000, parallel: 8, scenario: "same" } as const;
    results[library].push(await peer.ask({ do: "requests", ...load }));
  }
}
for (const pair of pairs) for (const peer of [pair.server, pair.client]) peer[Symbol.dispose]();
row("requests over keep-alive https", results, "≥ 0.98");
