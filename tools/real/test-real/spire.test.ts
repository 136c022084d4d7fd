import { existsSync } from "node:fs";
import { TrustDomain, X509Source } from "@idstack/spiffe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderServerConfig, type Spire, type SpireServerFacts, startSpire } from "../src/index.ts";

describe("one server and one agent", () => {
  let spire: Spire;
  beforeAll(async () => {
    spire = await startSpire({ ttl: { x509Svid: 300 } });
  });
  afterAll(async () => {
    await spire?.close();
  });

  it("gives an SVID to @idstack/spiffe", async () => {
    await spire.server().createEntry({ spiffeId: "/web", dnsNames: ["web.example.org"] });
    await spire.agent().waitFor("/web");
    await using source = await X509Source.open({ address: spire.agent().endpoint });
    const { svid, bundles } = source.getX509Context();
    expect(svid.id.toString()).toBe("spiffe://example.org/web");
    const [leaf] = svid.certificates;
    expect(leaf.checkPrivateKey(svid.privateKey)).toBe(true);
    expect(leaf.subjectAltName).toContain("DNS:web.example.org");
    expect(leaf.validToDate.getTime() - Date.now()).toBeLessThan(300_000);
    expect(bundles.get(svid.id.trustDomain)).toBeDefined();
  });

  it("survives a restart of the agent with the same identity", async () => {
    await spire.agent().restart();
    await spire.agent().waitFor("/web");
  });

  it("answers for its bundle", async () => {
    const bundle = JSON.parse(await spire.server().bundle()) as { keys: { use: string }[] };
    expect(bundle.keys.map((key) => key.use).sort()).toEqual(["jwt-svid", "x509-svid"]);
  });

  it("stops giving out a deleted entry", async () => {
    const id = await spire.server().createEntry({ spiffeId: "/gone", jwtSvidTtl: 60 });
    await spire.agent().waitFor("/gone");
    await spire.server().deleteEntry(id);
    await expect(spire.agent().waitFor("/never", 1_000)).rejects.toMatchObject({
      code: "not-ready",
      message: expect.stringContaining("last lines of spire-agent spiffe://example.org/node-0"),
    });
  });
});

describe("startSpire", () => {
  it("federates two servers", async () => {
    const servers = [{ trustDomain: "one.example" }, { trustDomain: "two.example" }];
    await using spire = await startSpire({ servers, federation: true });
    await spire.server("one.example").createEntry({ spiffeId: "/web", federatesWith: ["two.example"] });
    await spire.agent("one.example").waitFor("/web");
    await using source = await X509Source.open({ address: spire.agent("one.example").endpoint });
    expect(source.getX509Context().bundles.get(TrustDomain.parse("two.example"))).toBeDefined();
  });

  it("shows the server's own words when its file is wrong, and leaves nothing", async () => {
    let socketPath = "";
    const config = (facts: SpireServerFacts): string => {
      socketPath = facts.socketPath;
      return renderServerConfig(facts).replace("bind_port", "bind_prt");
    };
    await expect(startSpire({ servers: [{ trustDomain: "example.org", config }] })).rejects.toMatchObject({
      code: "start-failed",
      message: expect.stringContaining("bind_prt"),
    });
    expect(existsSync(socketPath)).toBe(false);
  });
});
