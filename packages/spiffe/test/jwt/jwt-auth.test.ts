import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { JwtBundleSet, SpiffeError } from "@idstack/spiffe";
import { type JwtMiddlewareOptions, type JwtRequest, jwtAuth } from "@idstack/spiffe/jwt";
import { ManualClock, TestJwtAuthority } from "@idstack/spiffe/testing";
import express from "express";
import fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";

const authority = new TestJwtAuthority("homelab.internal");
const web = "spiffe://homelab.internal/web";
const token = (path = "/web") => authority.token(path, { audience: "api" });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe.each([
  ["node:http", plain],
  ["Express", withExpress],
  ["Fastify", withFastify],
])("%s", (_, start) => {
  it("lets a caller in and knows it", async () => {
    const { call } = await start();
    expect(await call(`Bearer ${token()}`)).toMatchObject({ status: 200, body: `hello ${web}` });
    expect(await call(`bEARER ${token()}`)).toMatchObject({ status: 200 });
  });

  it("turns away requests without a token, with a bad one, and callers that are not admitted", async () => {
    const refused: string[] = [];
    const { call, handled } = await start({ onRefused: ({ code }) => refused.push(code) });
    const challenge = (status: number, text: string) => ({ status, headers: { "www-authenticate": text } });
    expect(await call(undefined)).toMatchObject(challenge(401, "Bearer"));
    expect(await call(`Basic ${token()}`)).toMatchObject(challenge(401, "Bearer"));
    expect(await call(`Bearer ${token()} x`)).toMatchObject(challenge(401, "Bearer"));
    const expired = authority.token("/web", { audience: "api", defect: "expired" });
    expect(await call(`Bearer ${expired}`)).toMatchObject(challenge(401, 'Bearer error="invalid_token"'));
    const { status, headers, body } = await call(`Bearer ${token("/stranger")}`);
    expect([status, headers["www-authenticate"]]).toEqual([403, 'Bearer error="insufficient_scope"']);
    expect(body).toBe("not authorized\n");
    expect(refused).toEqual(["jwt-missing", "jwt-missing", "jwt-missing", "jwt-expired", "unauthorized"]);
    expect(handled()).toBe(0);
  });
});

it("two Authorization headers are one too many", async () => {
  const { call, port } = await plain();
  const headers = ["host", "x", "authorization", `Bearer ${token()}`, "Authorization", `Bearer ${token("/db")}`];
  expect((await send(port, headers)).status).toBe(401);
  expect((await call(`Bearer ${token()}`)).status).toBe(200);
});

it("a source without bundles is not the caller's fault; a predicate that throws admits nobody", async () => {
  const withdrawn = {
    getJwtBundle: () => {
      throw new SpiffeError("no-bundles", "withdrawn");
    },
  };
  const first = await plain({ source: withdrawn });
  expect(await first.call(`Bearer ${token()}`)).toMatchObject({ status: 503, body: "no JWT bundles at the moment\n" });
  const broken = (): never => {
    throw new Error("no database");
  };
  const second = await plain({ authorize: broken });
  expect((await second.call(`Bearer ${token()}`)).status).toBe(403);
});

it("asks clock and source at every request", async () => {
  const clock = new ManualClock();
  let bundles = new JwtBundleSet([authority.bundle]);
  const { call } = await plain({ clock, source: { getJwtBundle: (domain) => bundles.get(domain) } });
  const once = token();
  expect((await call(`Bearer ${once}`)).status).toBe(200);
  clock.advance(600_000);
  expect((await call(`Bearer ${once}`)).status).toBe(401);
  clock.advance(-600_000);
  bundles = bundles.without(authority.trustDomain);
  expect((await call(`Bearer ${once}`)).status).toBe(401);
});

it("serves node:http2", async () => {
  const auth = jwtAuth(optionsOf({}));
  const server = createHttp2Server((req, res) => {
    if (auth(req, res)) res.end("in");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(
    () => session.close(),
    () => server.close(),
  );
  for (const [authorization, status] of [
    ["", 401],
    [`Bearer ${token()}`, 200],
  ] as const) {
    const stream = session.request({ ":path": "/", ...(authorization !== "" && { authorization }) });
    const [headers] = (await once(stream, "response")) as [{ ":status": number }];
    stream.resume();
    expect(headers[":status"]).toBe(status);
  }
});

it("mistakes in the options show at once", () => {
  const options = optionsOf({});
  for (const wrong of [
    { source: {} },
    { audience: "" },
    { authorize: undefined },
    { authorize: ["web"] },
    { leewaySeconds: -1 },
  ]) {
    expect(() => jwtAuth({ ...options, ...wrong } as JwtMiddlewareOptions)).toThrow(TypeError);
  }
});

function optionsOf(options: Partial<JwtMiddlewareOptions>): JwtMiddlewareOptions {
  return { source: authority.bundle, audience: "api", authorize: [web], ...options };
}

async function plain(options: Partial<JwtMiddlewareOptions> = {}) {
  let handled = 0;
  const auth = jwtAuth(optionsOf(options));
  const server = createServer((req, res) => {
    if (!auth(req, res)) return;
    handled += 1;
    res.end(`hello ${(req as JwtRequest).spiffe.id}`);
  });
  return client(server, () => handled);
}

async function withExpress(options: Partial<JwtMiddlewareOptions> = {}) {
  let handled = 0;
  const app = express();
  app.use(jwtAuth(optionsOf(options)));
  app.get("/", (req, res) => {
    handled += 1;
    res.send(`hello ${(req as unknown as JwtRequest).spiffe.id}`);
  });
  return client(createServer(app), () => handled);
}

async function withFastify(options: Partial<JwtMiddlewareOptions> = {}) {
  let handled = 0;
  const app = fastify();
  app.addHook("onRequest", jwtAuth(optionsOf(options)));
  app.get("/", async (req) => {
    handled += 1;
    return `hello ${(req as unknown as JwtRequest).spiffe.id}`;
  });
  await app.ready();
  return client(app.server, () => handled);
}

async function client(server: Server, handled: () => number) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const call = (authorization: string | undefined) =>
    send(port, ["host", "x", ...(authorization === undefined ? [] : ["authorization", authorization])]);
  return { call, port, handled };
}

async function send(port: number, headers: string[]) {
  const outgoing = request({ host: "127.0.0.1", port, headers, agent: false }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}
