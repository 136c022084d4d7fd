/**
 * Full mutual TLS handshakes per second, SPIFFE-verified on both sides, against `node:tls` with the same static
 * certificates and CA; no resumption; client and server in processes of their own, the two libraries in turns.
 *
 *     node --conditions=@idstack/source bench/tls-handshake.bench.ts
 */

import type { AddressInfo } from "node:net";
import { X509Source } from "@idstack/spiffe";
import { createServer } from "@idstack/spiffe/https";
import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { goSpiffePeer } from "@idstack/tool-real";
import type { Scenario } from "./tls-peer.ts";
import { identities, LIBRARIES, type Library, Peer, row } from "./tls-processes.ts";

const ROUNDS = 15;

const scenarios: [Scenario, string, string, number][] = [
  ["same", "handshakes, same leaf", "≥ 0.95", 8],
  ["distinct", "handshakes, another client leaf each time", "≥ 0.85", 8],
  ["rotation", "handshakes, both sides rotated before each", "≥ 0.85", 1],
];

for (const [scenario, work, goal, parallel] of scenarios) {
  const count = 120;
  const results: Record<Library, number[]> = { node: [], idstack: [] };
  const [servers, clients] = ["/server", "/client"].map((path) => identities(path, scenario === "same" ? 1 : 400)) as [
    [],
    [],
  ];
  const pairs = await Promise.all(
    LIBRARIES.map(async (library) => {
      const server = new Peer(library, servers);
      const client = new Peer(library, clients);
      const port = await server.ask({ do: "serve", kind: "tls", scenario });
      await client.ask({ do: "handshakes", port, count: 30, parallel, scenario });
      return { library, server, client, port };
    }),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { library, server, client, port } of round % 2 === 0 ? pairs : pairs.toReversed()) {
      if (scenario === "rotation") for (const peer of [server, client]) await peer.ask({ do: "prepare", count });
      results[library].push(await client.ask({ do: "handshakes", port, count, parallel, scenario }));
    }
  }
  for (const { server, client } of pairs) for (const peer of [server, client]) peer[Symbol.dispose]();
  row(work, results, goal);
}

await compareWithGo();

/** go-spiffe on both sides, and as the client of this package: a report, not a goal. */
async function compareWithGo(): Promise<void> {
  const ca = new TestCa("bench.internal");
  const agent = await startWorkloadApi({ svids: [ca.svid("/peer")] });
  try {
    const go = await goSpiffePeer({ workloadApi: agent.address });
    const source = await X509Source.open({ address: agent.address });
    const authorize = "any" as const;
    const goServer = await go.serve({ authorize });
    const own = createServer({ source, authorize: () => true }, (_req, res) => res.end());
    await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
    const load = { authorize, count: 1000, parallel: 8, handshakes: true } as const;
    for (const [name, url] of [
      ["go-spiffe to go-spiffe", goServer.url],
      ["go-spiffe to idstack", `https://127.0.0.1:${(own.address() as AddressInfo).port}/`],
    ] as const) {
      console.log(
        `${`requests with a handshake each, ${name}`.padEnd(52)} ${(await go.measure(url, load)).perSecond.toFixed(0)}/s`,
      );
    }
    own.closeAllConnections();
    own.close();
    await Promise.all([source.close(), goServer.close()]);
  } catch (error) {
    console.log(`go-spiffe: ${(error as Error).message.split("\n")[0]}`);
  } finally {
    await agent.close();
  }
}
