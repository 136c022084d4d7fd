import { once } from "node:events";
import { constants } from "node:http2";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import * as newest from "@grpc/grpc-js";
import type { Binding, BindOptions, GrpcCall, Refusal, SpiffeOptions } from "@idstack/spiffe/grpc";
import { connect } from "@idstack/spiffe/http2";
import { ManualClock, TestCa } from "@idstack/spiffe/testing";
import * as lowest from "grpc-js-lowest";
import { afterEach, describe, expect, it } from "vitest";
import { bindWith } from "../../src/grpc/bind.ts";
import { credentialsOf } from "../../src/grpc/credentials.ts";
import { peerOf } from "../../src/grpc/peer.ts";
import { listen, rawClient, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";
import { WebPki } from "../fixtures/web-pki.ts";

type Grpc = typeof newest;
type Client = InstanceType<Grpc["Client"]>;

const ca = new TestCa("homelab.internal");
const api = ca.intermediate().svid("/api");
const web = ca.svid("/web");
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const copies: [string, Grpc][] = [
  ["the newest", newest],
  ["the lowest", lowest as unknown as Grpc],
];

describe.each(copies)("%s grpc-js", (_, grpc) => {
  it("handlers know who calls, callers who answers, unary and streaming", async () => {
    const { address } = await serve(grpc);
    const client = dial(grpc, address);
    const { text, server } = await say(client, "hi");
    expect({ text, server }).toEqual({ text: `${web.id}: hi`, server: `${api.id}` });
    expect(await count(client, 3)).toEqual([`${web.id} 0`, `${web.id} 1`, `${web.id} 2`]);
  });

  it("no interceptor or handler runs for a client that is refused", async () => {
    const { address, ran, refusals, port } = await serve(grpc, { authorize: [] });
    await expect(say(dial(grpc, address), "hi")).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    await rawClient(port, web, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", { ALPNProtocols: ["h2"] }).over;
    expect(refusals.length).toBeGreaterThanOrEqual(2);
    expect(refusals[0]).toMatchObject({ side: "server", code: "unauthorized", peerId: `${web.id}` });
    expect(ran).toEqual([]);
  });

  it("a server that is refused gets no byte of the call", async () => {
    const raw = await rawServer(api, { ALPNProtocols: ["h2"] });
    closing.push(raw.close);
    const refusals: Refusal[] = [];
    const client = dial(grpc, `127.0.0.1:${raw.port}`, {
      authorize: [],
      onRefused: (refusal) => refusals.push(refusal),
    });
    await expect(say(client, "secret")).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect(refusals[0]).toMatchObject({ side: "client", code: "unauthorized" });
    await Promise.all(raw.ended);
    expect(raw.received).toEqual([]);
  });

  it("trust domains are never merged", async () => {
    const other = new TestCa("other.internal");
    const { address, refusals } = await serve(grpc, { authorize: () => true }, [other.bundle]);
    // Signed by a CA of one trust domain, names another.
    const impostor = ca.svid("/web", { uri: "spiffe://other.internal/web" });
    await expect(say(dial(grpc, address, { source: new StaticSource(impostor, ca.bundle) }), "hi")).rejects.toThrow();
    expect(refusals[0]?.code).toBe("untrusted-chain");
    const friend = new StaticSource(other.svid("/web"), ca.bundle);
    expect((await say(dial(grpc, address, { source: friend }), "hi")).text).toBe("spiffe://other.internal/web: hi");
  });

  it("rotation reaches new connections; open ones stay, and calls on them", async () => {
    const { address, source } = await serve(grpc);
    const old = dial(grpc, address);
    const before = await say(old, "hi");
    const stream = open(old);
    source.svid = ca.svid("/api");
    const after = await say(dial(grpc, address), "hi");
    expect(after.serial).not.toBe(before.serial);
    expect((await say(old, "again")).serial).toBe(before.serial);
    expect(await stream.next("x")).toBe(`${web.id} x`);
    stream.end();
  });

  it("a call is not made on a connection whose server would no longer be admitted", async () => {
    const { address, source: serverSource } = await serve(grpc);
    const source = new StaticSource(web, ca.bundle);
    const client = dial(grpc, address, { source });
    const before = await say(client, "hi");
    const next = new TestCa("homelab.internal");
    serverSource.svid = next.svid("/api");
    source.bundles = [next.bundle];
    const after = await say(client, "hi");
    expect(after.serial).not.toBe(before.serial);
    source.bundles = [];
    await expect(say(client, "hi")).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
  });

  it("old connections get a GOAWAY, calls under way are finished, and the next call is verified anew", async () => {
    const clock = new ManualClock();
    const { port, source } = await serve(grpc, { clock, maxConnectionAgeMs: 1000, maxConnectionAgeJitter: 0 });
    const between = await forwarder(port);
    const client = dial(grpc, between.address);
    const before = await say(client, "hi");
    const stream = open(client);
    expect(await stream.next("x")).toBe(`${web.id} x`);
    expect(between.open()).toBe(1);
    const raw = await connect(`https://127.0.0.1:${port}`, {
      source: new StaticSource(web, ca.bundle),
      authorize: [`${api.id}`],
    });
    closing.push(() => raw.destroy());
    await new Promise<void>((resolve, reject) => raw.ping((error) => (error ? reject(error) : resolve())));
    const goaway = once(raw, "goaway");
    source.svid = ca.svid("/api");
    clock.advance(1000);
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    // The call after it: on another connection, with the SVID of now; what was under way goes on.
    await expect.poll(async () => (await say(client, "hi")).serial).not.toBe(before.serial);
    expect(await stream.next("y")).toBe(`${web.id} y`);
    expect(between.open()).toBe(2);
    stream.end();
    await stream.ended;
    await expect.poll(() => between.open()).toBe(1);
  });

  it("drains: calls under way are finished, new connections refused", async () => {
    const { address, binding } = await serve(grpc);
    const client = dial(grpc, address);
    const stream = open(client);
    expect(await stream.next("x")).toBe(`${web.id} x`);
    const drained = binding.drain({ timeoutMs: 20_000 });
    expect(await stream.next("y")).toBe(`${web.id} y`);
    stream.end();
    expect(await drained).toBe(0);
    await expect(say(client, "hi")).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
  });

  it("cuts off what does not end in time", async () => {
    const clock = new ManualClock();
    const { address, binding } = await serve(grpc);
    const stream = open(dial(grpc, address));
    await stream.next("x");
    const drained = binding.drain({ timeoutMs: 1000, clock });
    clock.advance(1000);
    expect(await drained).toBe(1);
    await expect(stream.ended).rejects.toThrow();
  });

  it("composes with call credentials", async () => {
    const { address } = await serve(grpc);
    const token = grpc.credentials.createFromMetadataGenerator((_call, proceed) => {
      const metadata = new grpc.Metadata();
      metadata.set("authorization", "Bearer x");
      proceed(null, metadata);
    });
    const source = new StaticSource(web, ca.bundle);
    const composed = credentialsOf(grpc, { source, authorize: [`${api.id}`] }).compose(token);
    const client = new grpc.Client(address, composed);
    closing.push(() => client.close());
    expect((await say(client, "hi")).token).toBe("Bearer x");
  });

  it("SPIFFE on one side", async () => {
    const pki = new WebPki();
    const source = new StaticSource(web, ca.bundle);
    const { port } = await serve(grpc, { present: pki.certificate("localhost") } as object);
    const credentials = credentialsOf(grpc, { source, peer: "web", ca: pki.ca });
    const client = new grpc.Client(`localhost:${port}`, credentials);
    closing.push(() => client.close());
    expect(await say(client, "hi")).toMatchObject({ text: `${web.id}: hi`, server: "nobody" });
  });
});

it("an address that is none is a TypeError", async () => {
  const source = new StaticSource(api, ca.bundle);
  await expect(bindWith(newest, new newest.Server(), "50051", { source, authorize: [] })).rejects.toThrow(TypeError);
});

it("unix sockets", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const directory = mkdtempSync("/tmp/spiffe-grpc-");
  closing.push(() => rmSync(directory, { recursive: true }));
  const { address } = await serve(newest, {}, [], `unix:${directory}/s`);
  expect((await say(dial(newest, address), "hi")).text).toBe(`${web.id}: hi`);
});

const definition = {
  Say: method("/test.Echo/Say", false),
  Open: method("/test.Echo/Open", true),
};

function method(path: string, stream: boolean) {
  const serialize = (text: string): Buffer => Buffer.from(text);
  const deserialize = (bytes: Buffer): string => bytes.toString();
  return {
    path,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
}

async function serve(
  grpc: Grpc,
  options: Partial<SpiffeOptions & BindOptions> = {},
  federated: readonly (typeof ca.bundle)[] = [],
  at = "127.0.0.1:0",
) {
  const refusals: Refusal[] = [];
  const ran: string[] = [];
  const source = new StaticSource(api, ca.bundle, ...federated);
  const server = new grpc.Server({
    interceptors: [
      (_descriptor, call) => {
        ran.push("interceptor");
        return new grpc.ServerInterceptingCall(call);
      },
    ],
  });
  server.addService(definition, {
    Say(call: newest.ServerUnaryCall<string, string>, answer: newest.sendUnaryData<string>) {
      ran.push("handler");
      answer(null, `${peerOf(call).id}: ${call.request}|${call.metadata.get("authorization")}`);
    },
    Open(call: newest.ServerDuplexStream<string, string>) {
      ran.push("handler");
      call.on("data", (text: string) => call.write(`${peerOf(call).id} ${text}`));
      call.on("end", () => call.end());
      call.on("error", () => {});
    },
  });
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const binding: Binding = await bindWith(grpc, server, at, {
    source,
    authorize: [`${web.id}`],
    onRefused,
    ...options,
  });
  closing.push(() => binding.close());
  const address = binding.port === 0 ? at : `127.0.0.1:${binding.port}`;
  return { address, port: binding.port, binding, refusals, ran, source };
}

/** Passes on what it gets, and knows how many connections there are. */
async function forwarder(port: number) {
  const open = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connectTcp(port, "127.0.0.1");
    open.add(near.on("close", () => open.delete(near)));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from
        .on("error", () => {})
        .on("close", () => to.destroy())
        .pipe(to);
    }
  });
  closing.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${await listen(server)}`, open: () => open.size };
}

function dial(grpc: Grpc, address: string, options: Partial<SpiffeOptions> = {}): Client {
  const source = new StaticSource(web, ca.bundle);
  const client = new grpc.Client(address, credentialsOf(grpc, { source, authorize: [`${api.id}`], ...options }));
  closing.push(() => client.close());
  return client;
}

function say(client: Client, text: string): Promise<{ text: string; token: string; server: string; serial: string }> {
  const { path, requestSerialize, responseDeserialize } = definition.Say;
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, text, (error, answer) => {
      if (error !== null) return reject(error);
      const [body = "", token = ""] = answer?.split("|") ?? [];
      try {
        const { id, certificates } = peerOf(call as unknown as GrpcCall);
        resolve({ text: body, token, server: `${id}`, serial: certificates[0].serialNumber });
      } catch {
        resolve({ text: body, token, server: "nobody", serial: "" });
      }
    });
  });
}

function open(client: Client) {
  const { path, requestSerialize, responseDeserialize } = definition.Open;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const ended = new Promise<void>((resolve, reject) => {
    call.on("end", resolve).on("error", reject);
  });
  ended.catch(() => {});
  const next = (text: string): Promise<string> => {
    call.write(text);
    return new Promise((resolve, reject) => {
      call.once("data", resolve);
      ended.catch(reject);
    });
  };
  return { next, ended, end: () => call.end() };
}

async function count(client: Client, times: number): Promise<string[]> {
  const stream = open(client);
  const answers: string[] = [];
  for (let at = 0; at < times; at += 1) answers.push(await stream.next(String(at)));
  stream.end();
  await stream.ended;
  return answers;
}
