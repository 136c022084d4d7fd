import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, type SpiffeServerOptions } from "@idstack/spiffe/tls";
import { afterEach, expect, it } from "vitest";
import { listen, rawClient } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const [api, web] = [ca.svid("/api"), ca.svid("/web")];
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it("every verdict goes to the recorder and to the diagnostics channel", async () => {
  const recorded: unknown[] = [];
  const published: unknown[] = [];
  const listener = (event: unknown): number => published.push(event);
  subscribe("idstack:spiffe:handshake", listener);
  closing.push(() => unsubscribe("idstack:spiffe:handshake", listener));
  const metrics: SpiffeServerOptions["metrics"] = { handshake: (event) => recorded.push(event) };
  const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`], metrics });
  closing.push(() => server.close());
  const port = await listen(server);
  const admitted = once(server, "secureConnection");
  const socket = await connect({
    source: new StaticSource(web, ca.bundle),
    authorize: () => true,
    host: "127.0.0.1",
    port,
  });
  await admitted;
  socket.destroy();
  await rawClient(port, api, "").over;
  expect(recorded).toEqual([
    { side: "server", outcome: "accepted", peerId: `${web.id}` },
    { side: "server", outcome: "refused", reason: "unauthorized", peerId: `${api.id}` },
  ]);
  expect(published).toHaveLength(3);
  expect(published).toEqual(
    expect.arrayContaining([...recorded, { side: "client", outcome: "accepted", peerId: `${api.id}` }]),
  );
});
