import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { createServer as createPlainServer, type SecureVersion } from "node:tls";
import type { SpiffeError } from "@idstack/spiffe";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, peerOf, type Refusal, type SpiffeServerOptions } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { judge } from "../../src/internal/tls/judge.ts";
import { serverTrust } from "../../src/internal/tls/trust.ts";
import { listen, rawClient, rawIdentity, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.intermediate().svid("/web");
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it("both sides know each other, over chains with intermediates", async () => {
  const { port } = await echo();
  const socket = await dial(port);
  expect(`${socket.peer.id}`).toBe("spiffe://homelab.internal/api");
  expect(peerOf(socket)).toBe(socket.peer);
  expect(socket.getProtocol()).toBe("TLSv1.3");
  socket.end("hi");
  expect(`${await once(socket, "data")}`).toBe("spiffe://homelab.internal/web: hi");
});

it("of two intermediates with the same name the one that fits is found, whichever comes first", async () => {
  const { port } = await echo({ authorize: () => true });
  const twin = new TestCa("homelab.internal").intermediate().svid("/web").certificates[1];
  const [leaf, issuer] = web.certificates;
  if (twin === undefined || issuer === undefined) throw new Error("no intermediates");
  for (const certificates of [
    [leaf, twin, issuer],
    [leaf, issuer, twin],
  ] as const) {
    expect((await rawClient(port, { ...web, certificates }, "hi").over).text).toBe(`${web.id}: hi`);
  }
});

it("libraries that ask Node about the peer are answered", async () => {
  const { port } = await echo();
  const socket = await dial(port);
  expect(socket.authorized).toBe(true);
  const printed = socket.getPeerCertificate(true);
  expect(printed.subjectaltname).toBe(`URI:${api.id}`);
  expect(printed.issuerCertificate.subject).toEqual(expect.objectContaining({ CN: expect.any(String) }));
  expect(socket.getPeerX509Certificate()?.fingerprint256).toBe(api.certificates[0].fingerprint256);
});

it("peerOf refuses a socket that nobody verified", () => {
  expect(() => peerOf(rawClient(1, undefined, "").socket)).toThrow(TypeError);
});

it("a server that refuses closes the connection; the client sees an end or ECONNRESET, never data", async () => {
  const { port, refusals } = await echo({ authorize: [] });
  const socket = await dial(port);
  const end = new Promise<string>((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    socket.on("end", () => resolve("end"));
    socket.on("data", () => resolve("data"));
  });
  socket.write("hi");
  expect(await end).toMatch(/^(end|ECONNRESET|EPIPE)$/);
  expect(refusals).toMatchObject([{ side: "server", code: "unauthorized", peerId: "spiffe://homelab.internal/web" }]);
});

describe("protocol versions", () => {
  it("TLS 1.3 is the minimum unless 1.2 is asked for, on either side", async () => {
    const strict = await echo();
    expect((await rawClient(strict.port, web, "hi", { maxVersion: "TLSv1.2" }).over).text).toBe("");
    const lenient = await echo({ minVersion: "TLSv1.2" });
    expect((await rawClient(lenient.port, web, "hi", { maxVersion: "TLSv1.2" }).over).text).toMatch(/hi$/);

    const old = await rawServer(api, { maxVersion: "TLSv1.2" });
    closing.push(old.close);
    await expect(dial(old.port)).rejects.toThrow(/version|protocol/i);
    expect((await dial(old.port, "TLSv1.2")).getProtocol()).toBe("TLSv1.2");
  });

  it("another minimum is a caller's mistake", () => {
    const options = { source: new StaticSource(api, ca.bundle), authorize: [], minVersion: "TLSv1.1" as "TLSv1.2" };
    expect(() => createServer(options)).toThrow(TypeError);
  });
});

describe("sessions are not resumed", () => {
  it.each<SecureVersion>(["TLSv1.2", "TLSv1.3"])("by a server, %s", async (maxVersion) => {
    const { port } = await echo({ minVersion: "TLSv1.2" });
    const first = rawClient(port, web, "hi", { maxVersion });
    const sessions: Buffer[] = [];
    first.socket.on("session", (session) => sessions.push(session));
    await first.over;
    const kept = first.socket.getSession() ?? sessions.at(-1);
    const second = rawClient(port, web, "again", { maxVersion, ...(kept && { session: kept }) });
    expect(await second.over).toMatchObject({ text: expect.stringMatching(/again$/), reused: false });
  });

  it("by a client, even if the server offers tickets", async () => {
    const server = await rawServer(api);
    closing.push(server.close);
    for (let round = 0; round < 2; round += 1) (await dial(server.port)).end("hi");
    await expect.poll(() => server.sockets.length).toBe(2);
    expect(server.reused).toEqual([false, false]);
  });

  it("and one that was resumed all the same is refused", async () => {
    const verdicts: string[] = [];
    const trust = serverTrust({ source: new StaticSource(api, ca.bundle), authorize: [`${web.id}`] });
    const server = createPlainServer(
      { ...rawIdentity(api), requestCert: true, rejectUnauthorized: false },
      (socket) => {
        socket.on("error", () => {}).end("hi");
        try {
          verdicts.push(`${judge(socket, trust).id}`);
        } catch (error) {
          verdicts.push((error as SpiffeError).code);
        }
      },
    );
    closing.push(() => server.close());
    const port = await listen(server);
    const first = rawClient(port, web, "hi");
    const session = new Promise<Buffer>((resolve) => first.socket.once("session", resolve));
    await first.over;
    expect((await rawClient(port, web, "hi", { session: await session }).over).reused).toBe(true);
    expect(verdicts).toEqual([`${web.id}`, "session-reused"]);
  });

  it("and a server cannot be talked into it with ticket keys", async () => {
    // A server without scruples and with the same keys hands out the ticket.
    const ticketKeys = Buffer.alloc(48, 1);
    const options = { ...rawIdentity(api), requestCert: true, rejectUnauthorized: false, ticketKeys };
    const server = createPlainServer(options, (socket) => socket.on("error", () => {}).end("hi"));
    closing.push(() => server.close());
    const from = await listen(server);
    const first = rawClient(from, web, "hi");
    const [session] = (await once(first.socket, "session")) as [Buffer];
    expect(await rawClient(from, web, "hi", { session }).over).toMatchObject({ reused: true });
    const { port } = await echo({ ticketKeys } as object);
    const second = rawClient(port, web, "again", { session });
    expect(await second.over).toMatchObject({ text: expect.stringMatching(/again$/), reused: false });
  });
});

describe("rotation", () => {
  it("a listening server presents the new SVID to new connections and keeps the open ones", async () => {
    const { port, source } = await echo();
    const before = await dial(port);
    const next = ca.svid("/api");
    source.svid = next;
    const after = await dial(port);
    expect(before.peer.certificates[0].serialNumber).toBe(api.certificates[0].serialNumber);
    expect(after.peer.certificates[0].serialNumber).toBe(next.certificates[0].serialNumber);
    before.write("still here");
    expect(`${await once(before, "data")}`).toMatch(/still here$/);
  });

  it("a CA that leaves the bundle is not trusted by the next handshake", async () => {
    const { port, source, refusals } = await echo();
    const before = await dial(port);
    before.write("still here");
    await once(before, "data");
    source.bundles = [new TestCa("homelab.internal").bundle];
    await rawClient(port, web, "hi").over;
    expect(refusals).toMatchObject([{ code: "untrusted-chain" }]);
  });
});

it("both sides judge validity by their clock", async () => {
  const clock = new ManualClock();
  const { port, refusals } = await echo({ clock });
  const own = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`], host: "127.0.0.1", port };
  clock.advance(3_601_000);
  await rawClient(port, web, "hi").over;
  expect(refusals).toMatchObject([{ side: "server", code: "certificate-expired" }]);
  await expect(connect({ ...own, clock })).rejects.toMatchObject({ code: "certificate-expired" });
});

it("a server that never answers is given up", async () => {
  const silent = createTcpServer();
  closing.push(() => silent.close());
  const port = await listen(silent);
  const clock = new ManualClock();
  const source = new StaticSource(web, ca.bundle);
  const connecting = connect({ source, authorize: [], host: "127.0.0.1", port, clock, handshakeTimeoutMs: 50 });
  clock.advance(50);
  await expect(connecting).rejects.toMatchObject({ code: "handshake-timeout" });
});

it("network errors reach the caller as they are", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  await expect(dial(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

it("options that SPIFFE decides cannot be smuggled in", async () => {
  const stranger = rawIdentity(new TestCa("other.internal").svid("/x"));
  const smuggled = { ...stranger, rejectUnauthorized: true, requestCert: false, ca: "x" } as object;
  const { port } = await echo(smuggled);
  const source = new StaticSource(web, ca.bundle);
  const socket = await connect({ source, authorize: [`${api.id}`], host: "127.0.0.1", port, ...smuggled });
  expect(`${socket.peer.id}`).toBe(`${api.id}`);
  // With TLS 1.3 only an answer says what the server thinks of the client.
  socket.write("hi");
  expect(`${await once(socket, "data")}`).toBe(`${web.id}: hi`);
  socket.end();
});

async function echo(options: Partial<SpiffeServerOptions> = {}) {
  const refusals: Refusal[] = [];
  const source = new StaticSource(api, ca.bundle);
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const server = createServer({ source, authorize: [`${web.id}`], onRefused, ...options }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (text) => {
      const answer = `${socket.peer.id}: ${text}`;
      if (`${text}`.startsWith("still")) socket.write(answer);
      else socket.end(answer);
    });
  });
  closing.push(() => server.close());
  return { port: await listen(server), source, refusals };
}

async function dial(port: number, minVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3") {
  const socket = await connect({
    source: new StaticSource(web, ca.bundle),
    authorize: [`${api.id}`],
    host: "127.0.0.1",
    port,
    minVersion,
  });
  closing.push(() => socket.destroy());
  return socket;
}
