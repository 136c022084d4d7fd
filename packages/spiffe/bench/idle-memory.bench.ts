/**
 * Memory per 1,000 idle mutual TLS connections against `node:tls`: growth of the resident set of a server and of a client
 * process that hold them, new processes for each measurement, the two libraries in turns.
 *
 *     node --conditions=@idstack/source bench/idle-memory.bench.ts
 */
import { identities, LIBRARIES, type Library, Peer, row } from "./tls-processes.ts";

const ROUNDS = 3;
const COUNT = 1000;
const sides = ["server", "client"] as const;
const results = Object.fromEntries(
  sides.map((side) => [side, { node: [], idstack: [] } as Record<Library, number[]>]),
) as Record<(typeof sides)[number], Record<Library, number[]>>;

for (let round = 0; round < ROUNDS; round += 1) {
  for (const library of round % 2 === 0 ? LIBRARIES : LIBRARIES.toReversed()) {
    using server = new Peer(library, identities("/server", 1), "--expose-gc");
    using client = new Peer(library, identities("/client", 1), "--expose-gc");
    const port = await server.ask({ do: "serve", kind: "tls", scenario: "same" });
    // What the first connections load and compile is not theirs.
    await client.ask({ do: "handshakes", port, count: 200, parallel: 4, scenario: "same" });
    const before = await Promise.all([server, client].map((peer) => peer.ask({ do: "memory" })));
    await client.ask({ do: "open", port, count: COUNT });
    const after = await Promise.all([server, client].map((peer) => peer.ask({ do: "memory" })));
    for (const [at, side] of sides.entries()) {
      const grown = (after[at] ?? 0) - (before[at] ?? 0);
      results[side][library].push(((grown / COUNT) * 1000) / 1_000_000);
    }
  }
}
for (const side of sides) row(`memory of 1,000 idle connections, ${side}`, results[side], "≤ 1.1", " MB");
