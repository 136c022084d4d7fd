// The client against injected HTTP/2 faults, and against a server and a client of grpc-js.
import { execFile } from "node:child_process";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { type FakeFault, startWorkloadApi, TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { decode } from "../../../src/internal/proto/message.ts";
import { svidsMessage } from "../../../src/internal/workload-api/messages.ts";
import { workloadApi } from "../../../src/internal/workload-api/methods.ts";

const ca = new TestCa("homelab.internal");
const svids = [ca.svid("/web")];

describe("a fault of one call fails this call with its reason; the next one works", () => {
  it.each<[FakeFault, string, RegExp]>([
    ["half-message", "rpc-failed", /ended inside a message/],
    ["reset-stream", "rpc-failed", /Internal: the stream was reset \(HTTP\/2 error 2\)/],
    ["reset-connection", "rpc-failed", /the connection broke/],
    ["refused-stream", "unavailable", /reset \(HTTP\/2 error 7\)/],
    ["oversized-message", "rpc-failed", /ResourceExhausted: a message of 4294967295 bytes/],
    ["compressed-message", "rpc-failed", /a message is compressed/],
    ["garbage-message", "rpc-failed", /Internal: a message does not parse/],
    ["no-message", "malformed-response", /without a message/],
    ["no-status", "malformed-response", /without a message|grpc-status/],
    ["unknown-status", "rpc-failed", /gRPC Unknown: %zz/],
    ["http-503", "unavailable", /HTTP status 503/],
    ["wrong-content-type", "rpc-failed", /not gRPC/],
    [
      { status: "Unavailable", message: 'later,\n\u001b[31m "please"' },
      "unavailable",
      /later,\ufffd\ufffd\[31m "please"/,
    ],
    [{ status: "ResourceExhausted" }, "rpc-failed", /ResourceExhausted/],
  ])("%j", async (fault, code, message) => {
    for (const listen of ["unix", "tcp"] as const) {
      await using agent = await startWorkloadApi({ listen, svids });
      using client = new WorkloadApiClient({ address: agent.address });
      agent.inject("FetchX509SVID", fault);
      const expected = fault === "no-status" ? "rpc-failed" : code;
      await expect(client.fetchX509()).rejects.toMatchObject({
        code: expected,
        message: expect.stringMatching(message),
      });
      expect((await client.fetchX509()).svids).toHaveLength(1);
    }
  });

  it("GOAWAY: the answer still arrives, the next call has a connection of its own", async () => {
    await using agent = await startWorkloadApi({ svids });
    using client = new WorkloadApiClient({ address: agent.address });
    agent.inject("*", "goaway");
    const stream = client.watchX509();
    expect((await stream.next()).done).toBe(false);
    await client.fetchX509();
    expect(agent.openConnections).toBe(2);
    await stream.return();
  });

  it.each<FakeFault>(["hang", "stalled-message"])("%s: the signal ends the call", async (fault) => {
    await using agent = await startWorkloadApi({ svids, jwt: { authority: new TestJwtAuthority(ca.trustDomain) } });
    using client = new WorkloadApiClient({ address: agent.address });
    agent.inject("*", fault, 2);
    const stop = new AbortController();
    const calls = [client.fetchX509({ signal: stop.signal }), client.fetchJwtSvids("a", { signal: stop.signal })];
    const failed = Promise.all(calls.map((call) => expect(call).rejects.toThrow("enough")));
    await expect.poll(() => agent.calls.length).toBe(2);
    stop.abort(new Error("enough"));
    await failed;
    await client.fetchX509();
  });

  it("a source goes on after every one of them", async () => {
    await using agent = await startWorkloadApi({ svids });
    await using source = await X509Source.open({ address: agent.address, backoff: () => 1 });
    const faults: FakeFault[] = ["half-message", "reset-stream", "reset-connection", "oversized-message", "http-503"];
    for (const fault of faults) agent.inject("FetchX509SVID", fault);
    agent.breakConnections();
    await expect.poll(() => source.health()).toMatchObject({ state: "ready", lastError: { code: "unavailable" } });
  });
});

it("messages that arrive byte by byte and several at once", async () => {
  const message = Buffer.from(workloadApi.fetchX509Svid.response.encode(svidsMessage(svids) as never));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  const one = Buffer.concat([prefix, message]);
  await using server = await rawServer((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    for (const byte of one) stream.write(Buffer.of(byte));
    stream.end(Buffer.concat([one, one]));
  });
  using client = new WorkloadApiClient({ address: server.address });
  let seen = 0;
  for await (const { svids } of client.watchX509()) seen += svids.length;
  expect(seen).toBe(3);
});

it("a unary call takes exactly one message", async () => {
  const empty = Buffer.alloc(5);
  for (const body of [Buffer.of(), Buffer.concat([empty, empty])]) {
    await using server = await rawServer((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(body);
    });
    using client = new WorkloadApiClient({ address: server.address });
    await expect(client.fetchJwtSvids("a")).rejects.toMatchObject({
      code: "rpc-failed",
      message: expect.stringMatching(/(no|a second) message arrived/),
    });
  }
});

it("many calls at one time share a connection", async () => {
  await using agent = await startWorkloadApi({ svids });
  using client = new WorkloadApiClient({ address: agent.address });
  await Promise.all(Array.from({ length: 50 }, () => client.fetchX509()));
  expect(agent.openConnections).toBe(1);
});

it("an idle connection does not keep the process", async () => {
  await using agent = await startWorkloadApi({ svids });
  const program = `
    import { WorkloadApiClient } from "@idstack/spiffe";
    const client = new WorkloadApiClient({ address: ${JSON.stringify(agent.address)} });
    console.log((await client.fetchX509()).svids.length); // and no close()`;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const args = ["--conditions=@idstack/source", "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(stdout).toBe("1\n");
});

it("a client that is closed makes no more calls", async () => {
  await using agent = await startWorkloadApi({ svids });
  const client = new WorkloadApiClient({ address: agent.address });
  const open = client.watchX509();
  await open.next();
  client.close();
  await expect(open.next()).rejects.toMatchObject({ code: "rpc-failed" });
  await expect(client.fetchX509()).rejects.toMatchObject({ code: "rpc-failed" });
});

it("understands a server of grpc-js", async () => {
  const pass = { requestDeserialize: (bytes: Buffer) => bytes, responseSerialize: (bytes: Buffer) => bytes };
  const response = Buffer.from(workloadApi.fetchX509Svid.response.encode(svidsMessage(svids) as never));
  const big = Buffer.from(
    workloadApi.fetchX509Bundles.response.encode({ crl: [], bundles: { "spiffe://big": Buffer.alloc(3_000_000) } }),
  );
  const server = new grpc.Server();
  server.addService(
    {
      fetchX509Svid: {
        path: workloadApi.fetchX509Svid.path,
        requestStream: false,
        responseStream: true,
        ...codecs(pass),
      },
      fetchX509Bundles: {
        path: workloadApi.fetchX509Bundles.path,
        requestStream: false,
        responseStream: true,
        ...codecs(pass),
      },
      fetchJwtSvid: {
        path: workloadApi.fetchJwtSvid.path,
        requestStream: false,
        responseStream: false,
        ...codecs(pass),
      },
      validateJwtSvid: {
        path: workloadApi.validateJwtSvid.path,
        requestStream: false,
        responseStream: false,
        ...codecs(pass),
      },
    },
    {
      fetchX509Svid: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
        for (let each = 0; each < 100; each += 1) call.write(response);
        call.end();
      },
      fetchX509Bundles: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
        call.write(big);
        call.emit("error", { code: grpc.status.PERMISSION_DENIED, details: "é no identity" });
      },
      fetchJwtSvid: (_: unknown, done: grpc.sendUnaryData<Buffer>) =>
        done({ code: grpc.status.UNAVAILABLE, details: "x" }),
      validateJwtSvid: (_: unknown, done: grpc.sendUnaryData<Buffer>) =>
        done(
          null,
          Buffer.from(workloadApi.validateJwtSvid.response.encode({ spiffeId: "spiffe://td/a", claims: { a: [1] } })),
        ),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  using client = new WorkloadApiClient({ address: `tcp://127.0.0.1:${port}` });
  let seen = 0;
  for await (const { svids } of client.watchX509()) seen += svids.length;
  expect(seen).toBe(100);
  const bundles = client.watchX509Bundles();
  expect((await bundles.next()).value?.size).toBe(0);
  await expect(bundles.next()).rejects.toMatchObject({
    code: "permission-denied",
    message: expect.stringContaining("é no identity"),
  });
  await expect(client.fetchJwtSvids("a")).rejects.toMatchObject({ code: "unavailable" });
  expect(await client.validateJwtSvid("t", "a")).toMatchObject({ claims: { a: [1] } });
  await expect(client.watchJwtBundles().next()).rejects.toMatchObject({ code: "unimplemented" });
  server.forceShutdown();
});

it("the fake agent is understood by a client of grpc-js", async () => {
  await using agent = await startWorkloadApi({ svids, listen: "tcp" });
  const client = new grpc.Client(agent.address.replace("tcp://", ""), grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  metadata.set("workload.spiffe.io", "true");
  const identity = (bytes: Buffer): Buffer => bytes;
  const call = client.makeServerStreamRequest(
    workloadApi.fetchX509Svid.path,
    identity,
    identity,
    Buffer.of(),
    metadata,
  );
  const message = await new Promise<Buffer>((resolve) => call.once("data", resolve));
  expect(decode(workloadApi.fetchX509Svid.response, message).svids).toHaveLength(1);
  const ended = new Promise<{ code: number }>((resolve) =>
    call.once("error", (error) => resolve(error as unknown as { code: number })),
  );
  agent.fail("PermissionDenied");
  expect((await ended).code).toBe(grpc.status.PERMISSION_DENIED);
  client.close();
});

function codecs(pass: { requestDeserialize: (bytes: Buffer) => Buffer; responseSerialize: (bytes: Buffer) => Buffer }) {
  return { ...pass, requestSerialize: pass.responseSerialize, responseDeserialize: pass.requestDeserialize };
}

async function rawServer(answer: (stream: ServerHttp2Stream) => void) {
  const server = createServer().on("stream", answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async (): Promise<void> => void server.close(),
  };
}
