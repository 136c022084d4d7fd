/**
 * From the agent's push to the first handshake that shows the new SVID, while clients connect all the time: this
 * package against go-spiffe, both on the same agent, in turns, each server in a process of its own.
 *
 *     pnpm real install go-spiffe-peer && node --conditions=@idstack/source bench/push-latency.bench.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { connect } from "node:tls";
import { startWorkloadApi, TestCa, type TestSvid } from "@idstack/spiffe/testing";
import { goSpiffePeer } from "@idstack/tool-real";

const PUSHES = 200;
const CLIENTS = 4;

const ca = new TestCa("bench.internal");
const client = ca.svid("/client");
const agent = await startWorkloadApi({ svids: [ca.svid("/server")] });

const child = fork(new URL("./push-server.ts", import.meta.url), [agent.address], {
  execArgv: ["--conditions=@idstack/source", "--no-warnings"],
});
const [port] = (await once(child, "message")) as [number];
const go = await (await goSpiffePeer({ workloadApi: agent.address })).serve({ authorize: "any" });

const ports = { idstack: port, "go-spiffe": go.port };
const latencies: Record<keyof typeof ports, number[]> = { idstack: [], "go-spiffe": [] };
const names = Object.keys(ports) as (keyof typeof ports)[];
for (let push = 0; push < PUSHES; push += 1) {
  for (const name of push % 2 === 0 ? names : names.toReversed()) {
    const latency = await untilShown(ports[name], ca.svid("/server"));
    if (push >= PUSHES / 10) latencies[name].push(latency);
  }
}
await go.close();
child.kill();
await agent.close();

for (const percentile of [50, 99]) {
  const [own, theirs] = names.map((name) => quantile(latencies[name], percentile / 100)) as [number, number];
  console.log(
    `push to first handshake with the new SVID, p${percentile}`.padEnd(52),
    `go-spiffe ${theirs.toFixed(1)} ms  idstack ${own.toFixed(1)} ms  ratio ${(own / theirs).toFixed(2)} (goal ≤ 1.0)`,
  );
}

/** Clients connect one after the other, before the push and after it, until one of them is shown the SVID. */
async function untilShown(port: number, svid: TestSvid): Promise<number> {
  const serial = svid.certificates[0].serialNumber;
  let pushed = Number.NaN;
  let shown: number | undefined;
  const connecting = Array.from({ length: CLIENTS }, async () => {
    while (shown === undefined) {
      if ((await serialShown(port)) === serial) shown ??= performance.now() - pushed;
    }
  });
  for (let warm = 0; warm < CLIENTS; warm += 1) await serialShown(port);
  pushed = performance.now();
  agent.update({ svids: [svid] });
  await Promise.all(connecting);
  return shown ?? Number.NaN;
}

async function serialShown(port: number): Promise<string> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    cert: client.certificates.join(""),
    key: client.privateKey.export({ type: "pkcs8", format: "pem" }),
    rejectUnauthorized: false,
  });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.on("error", () => {}).destroy();
  return serialNumber;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
