import { healthHandler, type JwtBundleSource, validateJwtSvid, type X509Source } from "@idstack/spiffe";
import { createServer, spiffeAgent } from "@idstack/spiffe/https";
import { type JwtSource, jwtAuth, jwtFetch } from "@idstack/spiffe/jwt";
import { connect } from "@idstack/spiffe/tls";
import { expect, it } from "vitest";

const authorize = ["spiffe://homelab.internal/web"];
const promised = Promise.resolve({}) as unknown as X509Source & JwtSource;
const nothing = undefined as unknown as X509Source & JwtSource;

it.each<[string, (source: X509Source & JwtSource) => unknown, string]>([
  ["a server", (source) => createServer({ source, authorize }), "an X509Source"],
  ["an agent", (source) => spiffeAgent({ source, authorize }), "an X509Source"],
  ["a client without an SVID", (source) => spiffeAgent({ source, authorize, present: "none" }), "a BundleSource"],
  ["a middleware", (source) => jwtAuth({ source, audience: "api", authorize }), "a JwtSource"],
  ["a fetch", (source) => jwtFetch({ source, audience: "api" }), "a JwtSource"],
  ["probes", (source) => healthHandler(source), "an X509Source"],
  ["probes of several", (source) => healthHandler([source]), "an X509Source"],
])("a source that nobody waited for is found out at start-up: %s", (_, make, wanted) => {
  expect(() => make(nothing)).toThrow(new RegExp(`^source is required: ${wanted}[^;]*$`));
  expect(() => make(promised)).toThrow(new RegExp(`^source is required: ${wanted}.*; this is a promise: await it$`));
});

it("options that would change nothing do not compile", () => {
  const source = { getX509Context: () => expect.fail() };
  // @ts-expect-error connections are made directly
  spiffeAgent({ source, authorize, proxyEnv: {} });
  // @ts-expect-error the SVID decides
  createServer({ source, authorize, cert: "" });
  // @ts-expect-error the peer's SVID is verified, whatever this says
  spiffeAgent({ source, authorize, rejectUnauthorized: false });
});

it("what else is forgotten is named", async () => {
  await expect(connect({ source: promised, authorize, port: 1 })).rejects.toThrow("this is a promise: await it");
  const bundles = undefined as unknown as JwtBundleSource;
  expect(() => validateJwtSvid("a.b.c", { bundles, audience: "api" })).toThrow("bundles is required: a JwtSource");
  const text = authorize[0] as unknown as readonly string[];
  const source = { getX509Context: () => expect.fail() };
  expect(() => createServer({ source, authorize: text })).toThrow(
    'authorize has to be a list: ["spiffe://homelab.internal/web"]',
  );
});
