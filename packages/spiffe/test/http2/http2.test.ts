import { once } from "node:events";
import { type ClientHttp2Session, connect as connectPlain } from "node:http2";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { connect, createServer, peerOf, type Refusal, type SpiffeHttp2ServerOptions } from "@idstack/spiffe/http2";
import { type SpiffeRequest, spiffeAgent } from "@idstack/spiffe/https";
import { TestCa } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it } from "vitest";
import { listen, rawIdentity, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";
import { WebPki } from "../fixtures/web-pki.ts";

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

it("the request knows its peer, the session its server", async () => {
  const { url } = await serve();
  const session = await dial(url);
  expect(`${peerOf(session).id}`).toBe(`${api.id}`);
  expect(await request(session)).toBe(`${web.id}`);
  expect(await Promise.all([request(session), request(session)])).toEqual([`${web.id}`, `${web.id}`]);
});

it("streams and sessions know their peer, also when they have ended", async () => {
  const { server, url } = await serve();
  const session = await dial(url);
  const [stream] = (await Promise.all([once(server, "stream"), request(session)]))[0];
  expect(`${peerOf(stream).id}`).toBe(`${web.id}`);
  const ended = stream.closed ? Promise.resolve() : once(stream, "close");
  session.close();
  await ended;
  expect(`${peerOf(stream).id}`).toBe(`${web.id}`);
});

it("no session, stream or request is for a client that is refused, whatever it sends early", async () => {
  const { server, url, refusals } = await serve({ authorize: [] });
  const events: string[] = [];
  for (const event of ["session", "stream", "request", "secureConnection", "unknownProtocol"]) {
    server.on(event, () => events.push(event));
  }
  const session = connectPlain(url, { ...rawIdentity(web), rejectUnauthorized: false });
  session.on("error", () => {});
  session.request({ ":path": "/" }).on("error", () => {});
  await once(session, "close");
  expect(refusals).toMatchObject([{ code: "unauthorized", peerId: `${web.id}` }]);
  expect(events).toEqual([]);
});

it("a refused server gets no byte", async () => {
  const raw = await rawServer(api, { ALPNProtocols: ["h2"] });
  closing.push(raw.close);
  const source = new StaticSource(web, ca.bundle);
  await expect(connect(`https://127.0.0.1:${raw.port}`, { source, authorize: [] })).rejects.toMatchObject({
    code: "unauthorized",
  });
  await Promise.all(raw.ended);
  expect(raw.received).toEqual([]);
});

it("rotation reaches new sessions, open ones stay", async () => {
  const { source, url } = await serve();
  const before = await dial(url);
  source.svid = ca.svid("/api");
  const after = await dial(url);
  expect(peerOf(after).certificates[0].serialNumber).not.toBe(peerOf(before).certificates[0].serialNumber);
  expect(await request(before)).toBe(`${web.id}`);
});

it("callers of HTTP/1 are served where that is allowed, and known as well", async () => {
  const { server, url } = await serve({ allowHTTP1: true });
  const asked: unknown[] = [];
  server.on("request", (req) => asked.push([req.httpVersion, `${(req as unknown as SpiffeRequest).peer.id}`]));
  const agent = spiffeAgent({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
  closing.push(() => agent.destroy());
  const body = await new Promise((resolve, reject) => {
    get(url, { agent }, (response) => text(response).then(resolve, reject)).on("error", reject);
  });
  expect(body).toBe(`${web.id}`);
  expect(asked).toEqual([["1.1", `${web.id}`]]);
});

describe("with SPIFFE on one side", () => {
  it("a server with a web certificate", async () => {
    const pki = new WebPki();
    const bundles = new StaticSource(api, ca.bundle);
    const server = createServer({ source: bundles, present: pki.certificate("localhost"), authorize: [`${web.id}`] });
    server.on("stream", (stream) => stream.end(`${peerOf(stream).id}`));
    closing.push(() => server.close());
    const url = `https://localhost:${await listen(server)}`;
    const session = await connect(url, { source: new StaticSource(web, ca.bundle), peer: "web", ca: pki.ca });
    closing.push(() => session.destroy());
    expect(await request(session)).toBe(`${web.id}`);
    expect(() => peerOf(session)).toThrow(TypeError);
  });

  it("a client without an SVID", async () => {
    const server = createServer({ source: new StaticSource(api, ca.bundle), peer: "none" }, (_req, res) =>
      res.end("hi"),
    );
    closing.push(() => server.close());
    const source = new StaticSource(web, ca.bundle);
    const url = `https://127.0.0.1:${await listen(server)}`;
    const session = await connect(url, { source, present: "none", authorize: [`${api.id}`] });
    closing.push(() => session.destroy());
    expect(await request(session)).toBe("hi");
  });
});

it("only https, and only servers that speak HTTP/2", async () => {
  const options = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
  await expect(connect("http://127.0.0.1:1", options)).rejects.toThrow(TypeError);
  const raw = await rawServer(api);
  closing.push(raw.close);
  await expect(connect(`https://127.0.0.1:${raw.port}`, options)).rejects.toThrow(/does not speak HTTP\/2/);
});

async function serve(options: Partial<SpiffeHttp2ServerOptions> = {}) {
  const refusals: Refusal[] = [];
  const source = new StaticSource(api, ca.bundle);
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const server = createServer({ source, authorize: [`${web.id}`], onRefused, ...options }, (req, res) =>
    res.end(`${req.httpVersion === "2.0" ? req.peer.id : peerOf(req).id}`),
  );
  closing.push(() => server.close());
  return { server, source, refusals, url: `https://127.0.0.1:${await listen(server)}` };
}

async function dial(url: string): Promise<ClientHttp2Session> {
  const session = await connect(url, { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
  closing.push(() => session.destroy());
  return session;
}

function request(session: ClientHttp2Session): Promise<string> {
  return text(session.request({ ":path": "/" }));
}
