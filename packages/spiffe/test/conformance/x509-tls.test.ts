import { createServer, type Refusal } from "@idstack/spiffe/https";
import { TestCa } from "@idstack/spiffe/testing";
import { connect } from "@idstack/spiffe/tls";
import { afterEach, describe, expect, it } from "vitest";
import { listen, rawClient, rawServer } from "../fixtures/raw-tls.ts";
import { StaticSource } from "../fixtures/static-source.ts";
import { type X509Case, x509Cases } from "../fixtures/x509-cases.ts";

const own = new TestCa("own.internal").svid("/ns/apps/sa/own");
/** A peer that presents whatever it is told: OpenSSL keeps weak certificates at home otherwise. */
const careless = { ciphers: "DEFAULT@SECLEVEL=0", minVersion: "TLSv1.2" } as const;

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const presentable = x509Cases
  .filter(({ offline }) => offline !== true)
  .map((each) => [each.name, each] as [string, X509Case]);

describe("as server: a client with", () => {
  it.each(presentable)("%s", async (_, { svid, bundles, expected }) => {
    const refusals: Refusal[] = [];
    const handled: string[] = [];
    const source = new StaticSource(own, ...bundles);
    const server = createServer(
      { source, authorize: () => true, minVersion: "TLSv1.2", onRefused: (refusal) => refusals.push(refusal) },
      (req, res) => {
        handled.push(`${req.peer.id}`);
        res.setHeader("connection", "close").end();
      },
    );
    closing.push(() => server.close());
    const port = await listen(server);
    await rawClient(port, svid, "GET / HTTP/1.1\r\nhost: api\r\n\r\n", careless).over;
    if (expected === "accepted") expect(handled).toEqual([`${svid.id}`]);
    else expect(handled).toEqual([]);
    expect(refusals.map(({ code }) => code)).toEqual(expected === "accepted" ? [] : [expected]);
  });
});

describe("as client: a server with", () => {
  it.each(presentable)("%s", async (_, { svid, bundles, expected }) => {
    const server = await rawServer(svid, careless);
    closing.push(server.close);
    const refusals: Refusal[] = [];
    const options = {
      source: new StaticSource(own, ...bundles),
      authorize: () => true,
      minVersion: "TLSv1.2" as const,
      onRefused: (refusal: Refusal) => refusals.push(refusal),
      host: "127.0.0.1",
      port: server.port,
    };
    if (expected === "accepted") {
      const socket = await connect(options);
      expect(`${socket.peer.id}`).toBe(`${svid.id}`);
      socket.destroy();
      return;
    }
    await expect(connect(options)).rejects.toMatchObject({ code: expected });
    expect(refusals).toMatchObject([{ side: "client", code: expected }]);
    await Promise.all(server.ended);
    expect(Buffer.concat(server.received).toString()).toBe("");
  });
});
