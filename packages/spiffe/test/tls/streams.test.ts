import { once } from "node:events";
import { text } from "node:stream/consumers";
import { TestCa } from "@idstack/spiffe/testing";
import { createServer, peerOf, streams } from "@idstack/spiffe/tls";
import { afterEach, expect, it } from "vitest";
import { listen, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const [api, web] = [ca.svid("/api"), ca.svid("/web")];
const own = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it("what is written before the connection waits for the verdict; both ends know each other", async () => {
  const port = await echo();
  const stream = streams(own)();
  stream.setNoDelay(true).setKeepAlive(true).write("early ");
  stream.connect(port, "127.0.0.1").end("bytes");
  await once(stream, "connect");
  expect(`${peerOf(stream).id}`).toBe(`${api.id}`);
  expect(await text(stream)).toBe("early bytes");
});

it("a refused server gets nothing of it", async () => {
  const raw = await rawServer(api);
  closing.push(raw.close);
  const stream = streams({ ...own, authorize: [] })();
  stream.write("secret");
  const [error] = await once(stream.connect(raw.port, "127.0.0.1"), "error");
  expect(error).toMatchObject({ code: "unauthorized" });
  await Promise.all(raw.ended);
  expect(raw.received).toEqual([]);
});

it("large transfers keep to the pace of the reader, and nothing is lost", async () => {
  const port = await echo();
  const stream = streams(own)().connect(port, "127.0.0.1");
  const sent = Buffer.alloc(3_000_000, "0123456789");
  stream.end(sent);
  await once(stream, "connect");
  const received: Buffer[] = [];
  for await (const chunk of stream) received.push(chunk as Buffer);
  expect(Buffer.concat(received).equals(sent)).toBe(true);
});

it("one that is given up during its handshake leaves nothing behind", async () => {
  const port = await echo();
  const stream = streams(own)().connect(port, "127.0.0.1");
  stream.destroy();
  await once(stream, "close");
  expect(stream.destroyed).toBe(true);
});

async function echo(): Promise<number> {
  const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  closing.push(() => server.close());
  return listen(server);
}
