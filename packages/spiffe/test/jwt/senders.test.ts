import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Metadata } from "@grpc/grpc-js";
import { type IssuedJwtSvid, type JwtSvidSource, SpiffeError, SpiffeId } from "@idstack/spiffe";
import { authorizationVerifier, jwtFetch, jwtMetadata, metadataVerifier } from "@idstack/spiffe/jwt";
import { TestJwtAuthority } from "@idstack/spiffe/testing";
import { expect, it } from "vitest";

const authority = new TestJwtAuthority("homelab.internal");
const asked: unknown[] = [];
const source: JwtSvidSource = {
  async fetchJwtSvid(audience, { subject } = {}): Promise<IssuedJwtSvid> {
    asked.push([audience, subject]);
    const token = authority.token("/web", { audience });
    return { id: SpiffeId.parse("spiffe://homelab.internal/web"), token, audience: [audience].flat(), expiresAt: 0 };
  },
};
const verifying = { source: authority.bundle, audience: "api", authorize: ["spiffe://homelab.internal/web"] };

it("fetch sends the token, and only where it is meant to go", async () => {
  const verify = authorizationVerifier(verifying);
  const seen: string[] = [];
  const server = createServer((req, res) => {
    if (req.url === "/away") return res.writeHead(302, { location: `http://localhost:${port}/there` }).end();
    seen.push(
      `${req.url} ${req.headers.authorization === undefined ? "-" : verify(req.headers.authorization).id.path}`,
    );
    return res.end("ok");
  });
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const fetch = jwtFetch({
    source,
    audience: ({ port }) => (port === "" ? "web" : "api"),
    subject: "spiffe://homelab.internal/web",
  });
  await fetch(`http://127.0.0.1:${port}/text`, { headers: { x: "1" } });
  await fetch(new Request(`http://127.0.0.1:${port}/request`, { headers: { accept: "text/plain" } }));
  // Another origin: fetch takes the header away.
  await fetch(new URL(`http://127.0.0.1:${port}/away`));
  expect(seen).toEqual(["/text /web", "/request /web", "/there -"]);
  expect(asked.at(0)).toEqual(["api", "spiffe://homelab.internal/web"]);
  await expect(fetch(`http://127.0.0.1:${port}/`, { headers: { Authorization: "x" } })).rejects.toThrow(TypeError);
  await expect(fetch("http://api.apps.svc/")).rejects.toThrow(/must not be sent in clear to api.apps.svc/);
  const sent: string[] = [];
  const insecure = jwtFetch({
    source,
    audience: "api",
    allowInsecure: true,
    fetch: async (input) => {
      sent.push(String(input));
      return new Response();
    },
  });
  await insecure("http://api.apps.svc/");
  expect(sent).toEqual(["http://api.apps.svc/"]);
  server.close();
});

it("gRPC metadata of grpc-js carries the token both ways", async () => {
  const generate = jwtMetadata({ source, audience: "api", Metadata });
  const metadata = await new Promise<Metadata>((resolve, reject) => {
    generate({}, (error, found) => (found === undefined ? reject(error) : resolve(found)));
  });
  const verify = metadataVerifier(verifying);
  expect(verify(metadata).id.path).toBe("/web");
  expect(() => verify(new Metadata())).toThrow(expect.objectContaining({ code: "jwt-missing" }));
  metadata.add("authorization", "Bearer x");
  expect(() => verify(metadata)).toThrow(expect.objectContaining({ code: "jwt-malformed" }));
  const failing = jwtMetadata({
    source: {
      fetchJwtSvid: async () => {
        throw new SpiffeError("unavailable", "away");
      },
    },
    audience: "api",
    Metadata,
  });
  await expect(new Promise((_, reject) => failing({}, (error) => reject(error)))).rejects.toMatchObject({
    code: "unavailable",
  });
});

it("a missing source shows at once", () => {
  expect(() => jwtFetch({ source: {} as JwtSvidSource, audience: "api" })).toThrow(TypeError);
  expect(() => jwtMetadata({ source: {} as JwtSvidSource, audience: "api", Metadata })).toThrow(TypeError);
});
