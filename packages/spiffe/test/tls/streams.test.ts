import { once } from "node:events";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import { createServer, peerOf, postgresTls, type SpiffeSocket, streams } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
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
  const sent = Buffer.alloc(64 * 1024 * 1024, "0123456789");
  let delivered = false;
  const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, (socket) => {
    socket
      .on("error", () => {})
      .end(sent, () => {
        delivered = true;
      });
  });
  closing.push(() => server.close());
  const stream = streams(own)().connect(await listen(server), "127.0.0.1");
  await once(stream, "readable");
  // Others have all the time they need, and it waits for its reader.
  const other = await echo();
  for (let round = 0; round < 5; round += 1) {
    const asking = streams(own)().connect(other, "127.0.0.1").end("hi");
    expect(await text(asking)).toBe("hi");
  }
  expect(stream.readableLength).toBeLessThan(1024 * 1024);
  expect(delivered).toBe(false);
  const received: Buffer[] = [];
  for await (const chunk of stream) received.push(chunk as Buffer);
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  expect(delivered).toBe(true);
});

it("a large write waits for the other side to read", async () => {
  const { promise: admitted, resolve: admit } = Promise.withResolvers<SpiffeSocket>();
  const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, admit);
  closing.push(() => server.close());
  const stream = streams(own)().connect(await listen(server), "127.0.0.1");
  const sent = Buffer.alloc(64 * 1024 * 1024, "0123456789");
  let written = false;
  stream.write(sent, () => {
    written = true;
  });
  const reader = await admitted;
  const [first] = (await once(reader, "data")) as [Buffer];
  reader.pause();
  expect([stream.writableNeedDrain, written]).toEqual([true, false]);
  let left = sent.length - first.length;
  reader.on("data", (chunk: Buffer) => {
    left -= chunk.length;
  });
  reader.resume();
  await expect.poll(() => written).toBe(true);
  await expect.poll(() => left).toBe(0);
  stream.destroy();
});

it("one that is given up during its handshake leaves nothing behind", async () => {
  const silent = createTcpServer();
  closing.push(() => silent.close());
  const clock = new ManualClock();
  const stream = streams({ ...own, clock })().connect(await listen(silent), "127.0.0.1");
  const [socket] = (await once(silent, "connection")) as [Socket];
  const gone = once(socket.on("error", () => {}).resume(), "close");
  stream.destroy();
  await Promise.all([once(stream, "close"), gone]);
  expect(clock.pending).toEqual([]);
});

describe("protocols that begin without TLS", () => {
  it("PostgreSQL is asked for TLS first; what is written before waits", async () => {
    const port = await postgres((socket, server) => {
      socket.write("S");
      server.emit("connection", socket);
    });
    const stream = streams({ ...own, upgrade: postgresTls })();
    stream.connect(port, "127.0.0.1").end("early bytes");
    await once(stream, "connect");
    expect(`${peerOf(stream).id}`).toBe(`${api.id}`);
    expect(await text(stream)).toBe("early bytes");
  });

  it.each([
    ["a server without TLS", "N", "it offers no TLS"],
    ["bytes before the handshake", "SX", "it answers something else"],
    ["an error of an old server", "E", "it answers something else"],
  ])("%s is refused and gets nothing", async (_, answer, reason) => {
    const received: Buffer[] = [];
    const port = await postgres((socket) => {
      socket.on("data", (bytes) => received.push(bytes)).write(answer);
    });
    const stream = streams({ ...own, upgrade: postgresTls })();
    stream.write("secret");
    const [error] = await once(stream.connect(port, "127.0.0.1"), "error");
    expect(error).toMatchObject({ code: "tls-not-offered", message: expect.stringContaining(reason) });
    expect(received).toEqual([]);
  });

  it("a server that never answers, one that hangs up, and none at all", async () => {
    const open = streams({ ...own, upgrade: postgresTls });
    const clock = new ManualClock();
    const silent = await postgres(() => clock.advance(50));
    const waiting = streams({ ...own, upgrade: postgresTls, clock, handshakeTimeoutMs: 50 })();
    expect((await once(waiting.connect(silent, "127.0.0.1"), "error"))[0]).toMatchObject({ code: "handshake-timeout" });
    const rude = await postgres((socket) => socket.destroy());
    expect((await once(open().connect(rude, "127.0.0.1"), "error"))[0]).toMatchObject({ code: "ECONNRESET" });
    expect((await once(open().connect("/nowhere/.s.PGSQL.5432"), "error"))[0]).toMatchObject({ code: "ENOENT" });
  });
});

/** A server that gets an SSLRequest, and answers as told. */
async function postgres(answer: (socket: Socket, tls: Server) => void): Promise<number> {
  const tls = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, (socket) => {
    socket.on("error", () => {}).pipe(socket);
  });
  const server = createTcpServer((socket) => {
    closing.push(() => socket.destroy());
    socket
      .on("error", () => {})
      .once("data", (request) => {
        expect(request.toString("hex")).toBe("0000000804d2162f");
        answer(socket, tls);
      });
  });
  closing.push(() => server.close());
  return listen(server);
}

async function echo(): Promise<number> {
  const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  closing.push(() => server.close());
  return listen(server);
}
