/**
 * From the agent's push to the first handshake that shows the new SVID, while clients connect all the time: this
 * package against go-spiffe, both on the same agent, in turns, each server in a process of its own. What Node itself takes
 * stands beside: a bare `node:tls` server that is handed the same certificates over IPC, without an agent or verification.
 *
 *     pnpm real install go-spiffe-peer && node --conditions=@idstack/source bench/push-latency.bench.ts
 */
import { type ChildProcess, fork, type Serializable } from "node:child_process";
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

const own = await program("./push-server.ts", agent.address);
const bare = await program("./push-tls-server.ts", pem(ca.svid("/server")));
const go = await (await goSpiffePeer({ workloadApi: agent.address })).serve({ authorize: "any" });

const toAgent = (svid: TestSvid): void => agent.update({ svids: [svid] });
const toServer = (svid: TestSvid): void => void bare.child.send(pem(svid));
const contenders = [
  { name: "go-spiffe", port: go.port, push: toAgent, latencies: [] as number[] },
  { name: "idstack", port: own.port, push: toAgent, latencies: [] as number[] },
  { name: "bare node:tls", port: bare.port, push: toServer, latencies: [] as number[] },
];
for (let push = 0; push < PUSHES; push += 1) {
  for (const contender of push % 2 === 0 ? contenders : contenders.toReversed()) {
    const latency = await untilShown(contender, ca.svid("/server"));
    if (push >= PUSHES / 10) contender.latencies.push(latency);
  }
}
await go.close();
own.child.kill();
bare.child.kill();
await agent.close();

for (const percentile of [50, 99]) {
  const [theirs = 1, ours = 1, floor = 1] = contenders.map(({ latencies }) => quantile(latencies, percentile / 100));
  const figures = contenders.map(
    ({ name, latencies }) => `${name} ${quantile(latencies, percentile / 100).toFixed(1)} ms`,
  );
  console.log(`push to first handshake with the new SVID, p${percentile}: ${figures.join(", ")}`);
  console.log(
    `  ratio to go-spiffe ${(ours / theirs).toFixed(2)} (goal ≤ 1.0), to bare node:tls ${(ours / floor).toFixed(2)}`,
  );
}

/** Starts a server that gets its first message from here and answers with its port. */
async function program(path: string, first: Serializable): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL(path, import.meta.url), { execArgv: ["--conditions=@idstack/source", "--no-warnings"] });
  child.send(first);
  const [port] = (await once(child, "message")) as [number];
  return { child, port };
}

function pem(svid: TestSvid): { cert: string; key: string } {
  return { cert: svid.certificates.join(""), key: svid.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** Clients connect one after the other, before the push and after it, until one of them is shown the SVID. */
async function untilShown(
  { port, push }: { readonly port: number; readonly push: (svid: TestSvid) => void },
  svid: TestSvid,
): Promise<number> {
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
  push(svid);
  await Promise.all(connecting);
  return shown ?? Number.NaN;
}

async function serialShown(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, ...pem(client), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.on("error", () => {}).destroy();
  return serialNumber;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
