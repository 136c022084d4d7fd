import { once } from "node:events";
import type { Server } from "node:http";
import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { parseSpiffeBundle, type TrustDomain, X509BundleSet } from "@idstack/spiffe";
import { type BundleHandlerOptions, BundleStore, bundleHandler, fetchBundle } from "@idstack/spiffe/federation";
import { createServer as createSpiffeServer } from "@idstack/spiffe/https";
import { TestCa, TestJwtAuthority } from "@idstack/spiffe/testing";
import { afterEach, expect, it } from "vitest";
import { StaticSource } from "../fixtures/static-source.ts";
import { WebPki } from "../fixtures/web-pki.ts";

const ca = new TestCa("homelab.internal");
const { trustDomain } = ca;
const jwt = new TestJwtAuthority(trustDomain);
const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const both = {
  getX509Bundle: (domain: TrustDomain) => new X509BundleSet([ca.bundle]).get(domain),
  getJwtBundle: (domain: TrustDomain) => jwt.bundle.getJwtBundle(domain),
};

it("serves X.509 and JWT keys with a refresh hint", async () => {
  const { status, headers, text } = await call(await serve({ source: both, trustDomain }));
  expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
  const bundle = parseSpiffeBundle(trustDomain, text);
  expect(bundle).toMatchObject({ refreshHintSeconds: 300 });
  expect(bundle.x509Authorities).toHaveLength(1);
  expect(bundle.jwtAuthorities).toHaveLength(1);
});

it("answers HEAD without a body and no other method", async () => {
  const port = await serve({ source: both, trustDomain });
  const head = await call(port, "HEAD");
  expect([head.status, head.text, Number(head.headers["content-length"]) > 100]).toEqual([200, "", true]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const { status, headers } = await call(port, method);
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  }
});

it("passes sequence number and hint of a store on; only the one trust domain", async () => {
  const stored = parseSpiffeBundle(trustDomain, '{"keys": [], "spiffe_sequence": 7, "spiffe_refresh_hint": 9}');
  const source = new BundleStore([stored]);
  const { text } = await call(await serve({ source, trustDomain: "homelab.internal", refreshHintSeconds: 1 }));
  expect(parseSpiffeBundle(trustDomain, text)).toMatchObject({ sequenceNumber: 7n, refreshHintSeconds: 9 });
  expect((await call(await serve({ source, trustDomain: "other.internal" }))).status).toBe(503);
});

it("has nothing to serve while its source is withdrawn or half of it is", async () => {
  const fails = (): never => {
    throw new Error("withdrawn");
  };
  for (const source of [{ getX509Bundle: fails }, { ...both, getJwtBundle: fails }]) {
    expect((await call(await serve({ source, trustDomain }))).status).toBe(503);
  }
});

it("both profiles, fetched by fetchBundle", async () => {
  const handler = bundleHandler({ source: both, trustDomain });
  const pki = new WebPki();
  const web = await listen(createHttpsServer(pki.certificate("localhost"), handler));
  const spiffe = await listen(
    createSpiffeServer({ source: new StaticSource(ca.svid("/spire"), ca.bundle), peer: "none" }, handler),
  );
  const bundles = new X509BundleSet([ca.bundle]);
  for (const [port, profile] of [
    [web, { type: "https_web", ca: pki.ca }],
    [spiffe, { type: "https_spiffe", endpointId: "spiffe://homelab.internal/spire", bundles }],
  ] as const) {
    const bundle = await fetchBundle({ trustDomain, url: `https://localhost:${port}/`, profile });
    expect(bundle.jwtAuthorities.map(({ keyId }) => keyId)).toEqual([jwt.keyId]);
  }
});

it("mistakes show at once", () => {
  expect(() => bundleHandler({ source: {} as BundleHandlerOptions["source"], trustDomain })).toThrow(TypeError);
  expect(() => bundleHandler({ source: both, trustDomain: "Not One" })).toThrow(/invalid trust domain/);
});

function serve(options: BundleHandlerOptions): Promise<number> {
  return listen(createServer(bundleHandler(options)));
}

async function listen(server: Pick<Server, "listen" | "close" | "address" | "once">): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server as Server, "listening");
  return (server.address() as AddressInfo).port;
}

async function call(port: number, method = "GET") {
  const outgoing = request({ host: "127.0.0.1", port, method, agent: false }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}
