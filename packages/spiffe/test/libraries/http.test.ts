// The libraries that people have, over SPIFFE mTLS: rotation and drain in each.
import { once } from "node:events";
import type { RequestListener } from "node:http";
import type { Agent } from "node:https";
import type { TLSSocket } from "node:tls";
import { createServer, drain, peerOf, spiffeAgent } from "@idstack/spiffe/https";
import { TestCa } from "@idstack/spiffe/testing";
import axios from "axios";
import express from "express";
import fastify from "fastify";
import got from "got";
import nodeFetch from "node-fetch";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const api = ca.svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const handlers: [string, () => Promise<RequestListener>][] = [
  ["node:http", async () => (req, res) => res.end(`${peerOf(req).id}`)],
  [
    "Express",
    async () => express().get("/", (req, res) => void res.send(`${peerOf(req).id}`)) as unknown as RequestListener,
  ],
  [
    "Fastify",
    async () => {
      const app = fastify();
      app.get("/", async (request) => `${peerOf(request.raw).id}`);
      await app.ready();
      closing.push(() => app.close());
      return app.routing as RequestListener;
    },
  ],
];

describe.each(handlers)("axios to %s", (_, handler) => {
  it("both sides know each other; rotation under load fails no request; a drained server refuses the next", async () => {
    const source = new StaticSource(api, ca.bundle);
    const server = createServer({ source, authorize: [`${web.id}`] }, await handler());
    closing.push(() => server.close());
    const serials = new Set<string>();
    server.on("secureConnection", (socket) => serials.add(peerOf(socket).certificates[0].serialNumber));
    const own = new StaticSource(web, ca.bundle);
    const agents = [true, false].map((keepAlive) => spiffeAgent({ source: own, authorize: [`${api.id}`], keepAlive }));
    closing.push(() => agents.map((agent) => agent.destroy()));
    const client = axios.create({ baseURL: `https://127.0.0.1:${await listen(server)}`, httpsAgent: agents[0] });
    for (let round = 0; round < 5; round += 1) {
      const calls = [...agents, ...agents].map((httpsAgent) => client.get<string>("/", { httpsAgent }));
      for (const { data, request } of await Promise.all(calls)) {
        expect(data).toBe(`${web.id}`);
        expect(`${peerOf(request.res).id}`).toBe(`${api.id}`);
      }
      expect(serials.size).toBe(round + 1);
      source.svid = ca.intermediate().svid("/api");
      own.svid = ca.svid("/web");
    }
    expect(await drain(server)).toBe(0);
    // An idle connection of the agent may not have heard yet that it is closed.
    await expect(client.get("/")).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/) });
  });

  it("nobody else reaches it", async () => {
    const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [] }, await handler());
    closing.push(() => server.close());
    const httpsAgent = spiffeAgent({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
    closing.push(() => httpsAgent.destroy());
    const url = `https://127.0.0.1:${await listen(server)}/`;
    await expect(axios.get(url, { httpsAgent })).rejects.toMatchObject({
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
    });
  });
});

describe("other clients that take an agent", () => {
  it.each<[string, (url: string, agent: Agent) => Promise<string>]>([
    ["got", (url, https) => got(url, { agent: { https }, retry: { limit: 0 } }).text()],
    ["node-fetch", async (url, agent) => (await nodeFetch(url, { agent })).text()],
  ])("%s", async (_, call) => {
    const source = new StaticSource(api, ca.bundle);
    const server = createServer({ source, authorize: [`${web.id}`] }, (req, res) => res.end(`${req.peer.id}`));
    closing.push(() => server.close());
    const url = `https://127.0.0.1:${await listen(server)}/`;
    const options = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
    const [agent, fresh] = [spiffeAgent(options), spiffeAgent({ ...options, keepAlive: false })];
    const stranger = spiffeAgent({ source: new StaticSource(api, ca.bundle), authorize: [`${api.id}`] });
    closing.push(() => [agent, fresh, stranger].map((each) => each.destroy()));
    expect(await call(url, agent)).toBe(`${web.id}`);
    source.svid = ca.intermediate().svid("/api");
    for (const each of [agent, fresh]) expect(await call(url, each)).toBe(`${web.id}`);
    await expect(call(url, stranger)).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
  });
});

it("fastify with its own server", async () => {
  const source = new StaticSource(api, ca.bundle);
  const app = fastify({
    serverFactory: (handler) => createServer({ source, authorize: [`${web.id}`] }, handler),
  });
  closing.push(() => app.close());
  app.get("/", async (request) => `${peerOf(request.raw).id}`);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const httpsAgent = spiffeAgent({ source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] });
  closing.push(() => httpsAgent.destroy());
  expect((await axios.get(url.replace("http:", "https:"), { httpsAgent })).data).toBe(`${web.id}`);
});

describe("ws", () => {
  it("an upgraded connection knows its peer, lives through rotation, and ends in its own way when the server drains", async () => {
    const source = new StaticSource(api, ca.bundle);
    const server = createServer({ source, authorize: [`${web.id}`] });
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket, request) => {
      socket.on("message", (text) => socket.send(`${peerOf(request).id}: ${text}`));
    });
    const port = await listen(server);
    const own = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
    const socket = new WebSocket(`wss://127.0.0.1:${port}`, { agent: spiffeAgent(own) });
    await once(socket, "open");
    source.svid = ca.svid("/api");
    socket.send("hi");
    expect(`${(await once(socket, "message"))[0]}`).toBe(`${web.id}: hi`);
    const closed = once(socket, "close");
    const drained = drain(server);
    socket.send("still here");
    expect(`${(await once(socket, "message"))[0]}`).toBe(`${web.id}: still here`);
    for (const each of sockets.clients) each.close(1001, "going away");
    expect((await closed)[0]).toBe(1001);
    expect(await drained).toBe(0);
  });

  it("nobody else is upgraded", async () => {
    const server = createServer({ source: new StaticSource(api, ca.bundle), authorize: [] });
    closing.push(() => server.close());
    const upgrades: TLSSocket[] = [];
    new WebSocketServer({ server }).on("connection", (_socket, request) => upgrades.push(request.socket as TLSSocket));
    const own = { source: new StaticSource(web, ca.bundle), authorize: [`${api.id}`] };
    const socket = new WebSocket(`wss://127.0.0.1:${await listen(server)}`, { agent: spiffeAgent(own) });
    const [error] = await once(socket, "error");
    expect(error.code).toMatch(/^(ECONNRESET|EPIPE)$/);
    expect(upgrades).toEqual([]);
  });
});
