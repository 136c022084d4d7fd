// Agents that do not speak the protocol, or not for long: a failure with a reason, never a crash, a loop or a frozen process.
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Source } from "@idstack/spiffe";
import { ManualClock, startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { expect, it } from "vitest";
import { http2Transport } from "../../src/internal/rpc/http2-transport.ts";
import { svidsMessage } from "../../src/internal/workload-api/messages.ts";
import { workloadApi } from "../../src/internal/workload-api/methods.ts";
import { WorkloadApiServer } from "../../src/internal/workload-api/server.ts";
import { listen } from "../fixtures/raw-tls.ts";

const ca = new TestCa("homelab.internal");

it.each<[string, (socket: Socket) => void]>([
  ["that sends garbage", (socket) => socket.write(Buffer.alloc(100_000, "A"))],
  ["that speaks HTTP/1.1", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["that closes at once", (socket) => socket.destroy()],
  ["that ends at once", (socket) => socket.end()],
  ["that resets", (socket) => socket.resetAndDestroy()],
  [
    "that breaks a frame off",
    (socket) => socket.once("data", () => socket.end(Buffer.from("000004080000000000", "hex"))),
  ],
])("an agent %s", async (_, act) => {
  const clock = new ManualClock();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    act(socket.on("error", () => {}));
  });
  const address = `tcp://127.0.0.1:${await listen(server)}`;
  const opening = X509Source.open({ address, clock, startTimeoutMs: 1000, backoff: () => 600 });
  opening.catch(() => {});
  for (const attempt of [1, 2]) {
    await expect.poll(() => clock.pending.length).toBe(2);
    expect(connections).toBe(attempt);
    clock.advance(600);
  }
  await expect(opening).rejects.toMatchObject({ code: "start-timeout", cause: { code: "rpc-failed" } });
  server.close();
});

it("a socket that cannot even be dialled fails; it does not freeze the process", async () => {
  // Too long for sun_path: the system refuses within connect(), before anything is asynchronous. Node 22 cuts it off.
  const path = join(tmpdir(), "x".repeat(200));
  const transport = http2Transport({ address: `unix://${path}`, kind: "unix", path }, { headers: {} });
  const reading = transport.stream(workloadApi.fetchX509Svid, {})[Symbol.asyncIterator]();
  await expect(reading.next()).rejects.toMatchObject({
    code: expect.stringMatching(/^(rpc-failed|endpoint-not-found)$/),
    message: expect.stringMatching(/EINVAL|does not exist/),
  });
  transport.close();
});

it("a message of more than 16 MiB is not read", async () => {
  const [svid] = svidsMessage([ca.svid("/web")]).svids ?? [];
  const agent = await WorkloadApiServer.listen(
    {
      async *fetchX509SVID() {
        yield { svids: [{ ...svid, bundle: new Uint8Array(17 * 1024 * 1024) }] };
      },
      async *fetchX509Bundles() {},
      async *fetchJWTBundles() {},
      fetchJWTSVID: () => ({}),
      validateJWTSVID: () => ({}),
    },
    { host: "127.0.0.1", port: 0 },
  );
  const clock = new ManualClock();
  const onError = (): void => clock.advance(1000);
  await expect(X509Source.open({ address: agent.address, clock, startTimeoutMs: 1000, onError })).rejects.toMatchObject(
    {
      message: expect.stringContaining("ResourceExhausted"),
    },
  );
  await agent.close();
});

it("a CRL in the message does no harm", async () => {
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  await using source = await X509Source.open({ address: agent.address });
  const next = source.updates().next();
  agent.pushX509({ ...svidsMessage([ca.svid("/next")]), crl: [Buffer.from("not looked at")] });
  expect((await next).value?.svid.id.path).toBe("/next");
});
