// What a server gives away, and how long it waits for whom.
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Server } from "node:tls";
import { inspect } from "node:util";
import { verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { createServer as createHttpsServer, spiffeAgent } from "@idstack/spiffe/https";
import { TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, type Refusal, type SpiffeServerOptions } from "@idstack/spiffe/tls";
import { afterEach, expect, it } from "vitest";
import { listen, rawClient } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";

const ca = new TestCa("homelab.internal");
const own = ca.svid("/own");
const source = new StaticSource(own, ca.bundle);
const authorize = [`${own.id}`];
const makers: ((options: SpiffeServerOptions) => Server)[] = [createServer, createHttpsServer];
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it("no private key shows in inspected or serialized servers, agents, sockets and SVIDs", async () => {
  const rotating = new StaticSource(own, ca.bundle);
  const seen: unknown[] = [rotating, own, spiffeAgent({ source, authorize })];
  for (const make of makers) {
    const server = make({ source: rotating, authorize });
    closing.push(() => server.close());
    const port = await listen(server);
    for (const svid of [own, ca.svid("/own")]) {
      rotating.svid = svid;
      const socket = await connect({ source, authorize, host: "127.0.0.1", port });
      closing.push(() => socket.destroy());
      seen.push(server, socket);
    }
  }
  const secrets = seen.map((value) => inspect(value, { depth: 20, showHidden: true })).join("");
  expect(secrets.length).toBeGreaterThan(10_000);
  expect(secrets).not.toContain("PRIVATE KEY");
  expect(JSON.stringify(own)).not.toContain("PRIVATE KEY");
});

it("somebody who never starts a handshake is cut off", async () => {
  const server = createServer({ source, authorize, handshakeTimeout: 20 });
  closing.push(() => server.close());
  const port = await listen(server);
  const seen: unknown[] = [];
  server.on("tlsClientError", (error, socket) =>
    seen.push((error as NodeJS.ErrnoException).code, socket.remoteAddress),
  );
  const silent = connectTcp(port, "127.0.0.1").on("error", () => {});
  await once(silent.resume(), "close");
  expect(seen).toEqual(["ERR_TLS_HANDSHAKE_TIMEOUT", "127.0.0.1"]);
});

it("after ten seconds, not after Node's two minutes", () => {
  for (const make of makers) {
    const server = make({ source, authorize });
    const setting = Object.getOwnPropertySymbols(server).find(({ description }) => description === "handshake-timeout");
    expect(setting).toBeDefined();
    expect(server[setting as unknown as keyof typeof server]).toBe(10_000);
  }
});

it("the text of a certificate cannot move the cursor of whoever reads the message", () => {
  const subject = "a\u{1b}[2J\u{9b}2J\u{2028}\u{202e}\n2026-01-01 forged line";
  const { certificates } = ca.svid("/web", { defect: "expired", subject });
  expect(() => verifyX509Svid(certificates, new X509BundleSet([ca.bundle]))).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u) }),
  );
});

it.each<[string, Partial<SpiffeServerOptions>, RegExp]>([
  [
    "a source that throws anything",
    { source: { getX509Context: () => throwing("no database") } },
    /^the source failed: no database$/,
  ],
  [
    "a key that does not belong to the certificate",
    { source: new StaticSource(ca.svid("/own", { defect: "key-mismatch" }), ca.bundle) },
    /^the SVID of spiffe:.* cannot be presented: .*mismatch/,
  ],
])("%s refuses with its own reason, it is not blamed on the peer", async (_, options, reason) => {
  const refusals: Refusal[] = [];
  const server = createServer({ source, authorize, onRefused: (refusal) => refusals.push(refusal), ...options });
  closing.push(() => server.close());
  await rawClient(await listen(server), own, "hi").over;
  expect(refusals).toMatchObject([{ code: "no-svid", reason: expect.stringMatching(reason) }]);
});

function throwing(message: string): never {
  throw new Error(message);
}
