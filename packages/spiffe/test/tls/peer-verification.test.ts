import { request } from "node:https";
import { memberOf, SpiffeError, type X509Svid } from "@idstack/spiffe";
import { createServer, type Refusal, spiffeAgent } from "@idstack/spiffe/https";
import { type SvidDefect, TestCa } from "@idstack/spiffe/testing";
import { connect, createServer as createTlsServer } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { defectCodes } from "../fixtures/defects.ts";
import { listen, rawClient, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const other = new TestCa("other.internal");
const own = ca.svid("/ns/apps/sa/own");
const authorize = memberOf("homelab.internal");
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const defects = Object.entries(defectCodes).map(([defect, code]): [string, X509Svid, string] => [
  defect,
  ca.svid("/ns/apps/sa/peer", { defect: defect as SvidDefect, subject: "broken" }),
  code,
]);
const missingIntermediate = ca.intermediate().svid("/ns/apps/sa/peer");
const rejected: [string, X509Svid, string][] = [
  ...defects,
  ["san-not-critical", ca.svid("/ns/apps/sa/peer", { defect: "san-not-critical" }), "san-not-critical"],
  [
    "intermediate missing",
    { ...missingIntermediate, certificates: [missingIntermediate.certificates[0]] },
    "untrusted-chain",
  ],
  ["intermediate expired", ca.intermediate({ defect: "expired" }).svid("/ns/apps/sa/peer"), "certificate-expired"],
  ["trust domain without a bundle", new TestCa("unknown.internal").svid("/ns/apps/sa/peer"), "no-bundle"],
  [
    "ID of a trust domain signed by the CA of another",
    other.svid("/x", { uri: "spiffe://homelab.internal/ns/apps/sa/peer" }),
    "untrusted-chain",
  ],
  ["verified but not admitted", other.svid("/ns/apps/sa/peer"), "unauthorized"],
];

describe("as server: no handler runs for", () => {
  it.each(rejected)("%s", async (_, peer, code) => {
    const { port, refusals, handled } = await guardedServer();
    // An upgrade as well: it takes another way through node:http.
    for (const head of [
      "GET / HTTP/1.1\r\nhost: api\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: api\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    ]) {
      const { text } = await rawClient(port, peer, head).over;
      expect(text).toBe("");
    }
    expect(refusals.map((refusal) => [refusal.side, refusal.code])).toEqual([
      ["server", code],
      ["server", code],
    ]);
    expect(refusals[0]?.reason).toBe(refusals[0]?.error.message);
    expect(handled).toEqual([]);
  });

  it("a client without a certificate", async () => {
    const { port, refusals, handled } = await guardedServer();
    expect((await rawClient(port, undefined, "GET / HTTP/1.1\r\nhost: api\r\n\r\n").over).text).toBe("");
    expect(refusals).toMatchObject([{ side: "server", code: "no-certificate", remoteAddress: "127.0.0.1" }]);
    expect(handled).toEqual([]);
  });

  it("anybody while there is no own SVID", async () => {
    const { port, refusals, handled, source } = await guardedServer();
    source.error = new SpiffeError("no-svid", "withdrawn");
    await rawClient(port, own, "GET / HTTP/1.1\r\nhost: api\r\n\r\n").over;
    expect(refusals).toMatchObject([{ code: "no-svid", reason: "withdrawn" }]);
    expect(handled).toEqual([]);
  });

  it("a peer whose predicate throws", async () => {
    const { port, refusals, handled } = await guardedServer(() => {
      throw new Error("database away");
    });
    await rawClient(port, own, "GET / HTTP/1.1\r\nhost: api\r\n\r\n").over;
    expect(refusals).toMatchObject([{ code: "unauthorized", reason: "authorize failed: database away" }]);
    expect(handled).toEqual([]);
  });

  it("nor does a listener for secureConnection on a plain TLS server", async () => {
    const seen: string[] = [];
    const refusals: Refusal[] = [];
    const source = new StaticSource(own, ca.bundle);
    const server = createTlsServer(
      { source, authorize: [`${own.id}`], onRefused: (refusal) => refusals.push(refusal) },
      (socket) => {
        seen.push(`${socket.peer.id}`);
        socket.end("welcome");
      },
    );
    server.on("secureConnection", () => seen.push("listener"));
    server.prependListener("secureConnection", () => seen.push("prepended"));
    closing.push(() => server.close());
    const port = await listen(server);
    expect((await rawClient(port, ca.svid("/ns/apps/sa/stranger"), "hello").over).text).toBe("");
    expect(seen).toEqual([]);
    expect(refusals).toMatchObject([{ code: "unauthorized", peerId: "spiffe://homelab.internal/ns/apps/sa/stranger" }]);
    expect((await rawClient(port, own, "hello").over).text).toBe("welcome");
    expect(seen).toEqual(["prepended", `${own.id}`, "listener"]);
  });
});

describe("as client: no byte is written to", () => {
  it.each(rejected)("%s", async (_, peer, code) => {
    const server = await rawServer(peer);
    closing.push(server.close);
    const refusals: Refusal[] = [];
    const options = {
      source: new StaticSource(own, ca.bundle, other.bundle),
      authorize,
      onRefused: (refusal: Refusal) => refusals.push(refusal),
    };
    const error = await post(server.port, spiffeAgent(options));
    expect(error).toMatchObject({ name: "SpiffeError", code });
    await expect(connect({ ...options, host: "127.0.0.1", port: server.port })).rejects.toMatchObject({ code });
    expect(server.ended).toHaveLength(2);
    await Promise.all(server.ended);
    expect(Buffer.concat(server.received).toString()).toBe("");
    expect(refusals.map((refusal) => [refusal.side, refusal.code])).toEqual([
      ["client", code],
      ["client", code],
    ]);
  });

  it("but everything to a server that is verified", async () => {
    const server = await rawServer(ca.svid("/ns/apps/sa/peer"));
    closing.push(server.close);
    const answer = post(server.port, spiffeAgent({ source: new StaticSource(own, ca.bundle), authorize }));
    await expect.poll(() => Buffer.concat(server.received).toString()).toContain("secret body");
    server.sockets[0]?.destroy();
    expect((await answer).message).toBe("socket hang up");
  });

  it("anybody while there is no own SVID", async () => {
    const source = new StaticSource(own, ca.bundle);
    source.error = new SpiffeError("source-closed", "closed");
    expect(await post(1, spiffeAgent({ source, authorize }))).toBe(source.error);
  });
});

async function guardedServer(admit = authorize) {
  const refusals: Refusal[] = [];
  const handled: string[] = [];
  const source = new StaticSource(own, ca.bundle, other.bundle);
  const server = createServer(
    { source, authorize: admit, onRefused: (refusal) => refusals.push(refusal) },
    (req, res) => {
      handled.push("request");
      res.end(`${req.peer.id}`);
    },
  );
  for (const event of ["upgrade", "connect", "checkContinue", "secureConnection", "clientError"] as const) {
    server.on(event, () => handled.push(event));
  }
  closing.push(() => server.close());
  return { port: await listen(server), refusals, handled, source };
}

function post(port: number, agent: ReturnType<typeof spiffeAgent>): Promise<Error> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, agent, method: "POST" }, () =>
      reject(new Error("it was answered")),
    );
    call.on("error", resolve);
    call.end("secret body".repeat(1000));
  });
}
