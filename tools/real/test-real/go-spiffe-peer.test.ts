import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoSpiffePeer, goSpiffePeer, type Spire, startSpire } from "../src/index.ts";

describe("goSpiffePeer", () => {
  let spire: Spire;
  let peer: GoSpiffePeer;
  beforeAll(async () => {
    spire = await startSpire();
    await spire.server().createEntry({ spiffeId: "/web" });
    await spire.agent().waitFor("/web");
    peer = await goSpiffePeer({ workloadApi: spire.agent().endpoint });
  });
  afterAll(async () => {
    await spire?.close();
  });

  it("talks to itself over mutual TLS", async () => {
    const id = "spiffe://example.org/web";
    await using server = await peer.serve({ authorize: [id] });
    expect(server.id).toBe(id);
    const answer = await peer.get(server.url, { authorize: "member:example.org" });
    expect(answer).toMatchObject({ status: 200, peer: id });
    expect(JSON.parse(answer.body)).toEqual({ peer: id, server: id });
    await server.events.find((event) => event.event === "request" && event.peer === id);
    const { perSecond } = await peer.measure(server.url, { authorize: "any", count: 20 });
    expect(perSecond).toBeGreaterThan(1);
  });

  it("refuses a peer that is not authorized, on either side", async () => {
    await using server = await peer.serve({ authorize: ["spiffe://example.org/other"] });
    await expect(peer.get(server.url, { authorize: "any" })).rejects.toMatchObject({ code: "command-failed" });
    await server.events.find((event) => event.event === "error" && event.error.includes("unexpected ID"));
    await expect(peer.get(server.url, { authorize: ["spiffe://example.org/other"] })).rejects.toThrow("unexpected ID");
  });

  it("fetches and validates JWT-SVIDs", async () => {
    const [svid] = await peer.fetchJwt({ audience: ["api"] });
    const answers = await peer.validateJwt([svid?.token ?? "", "not a token"], { audience: ["api"] });
    expect(answers).toMatchObject([{ id: "spiffe://example.org/web" }, { error: expect.any(String) }]);
    const [refused] = await peer.validateJwt([svid?.token ?? ""], { audience: ["other"] });
    expect(refused).toMatchObject({ error: expect.stringContaining("audience") });
  });

  it("parses SPIFFE IDs", async () => {
    expect(await peer.parseIds(["spiffe://example.org/web", "spiffe://Example.org", "a\nb"])).toMatchObject([
      { id: "spiffe://example.org/web", trustDomain: "example.org", path: "/web" },
      { error: expect.any(String) },
      { error: expect.any(String) },
    ]);
  });

  it("serves a bundle", async () => {
    await using server = await peer.serveBundle({ trustDomain: "example.org", profile: "https_spiffe" });
    expect(server.port).toBeGreaterThan(0);
  });
});
