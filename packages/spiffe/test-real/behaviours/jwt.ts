import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { SpiffeId, WorkloadApiClient } from "@idstack/spiffe";
import { expect, it } from "vitest";
import { ELSEWHERE, HOME, type Workload, type WorkloadApi } from "../workload-api/workload-api.ts";

const JWT_TTL_SECONDS = 300;

interface Token {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  /** Checked with node:crypto and a key of the JWT bundle, not with code of this package. */
  isSignedBy(key: JsonWebKey): boolean;
}

/** JWT-SVIDs, JWT bundles and the agent's validation of sound tokens. */
export function jwtBehaviours(api: () => WorkloadApi): void {
  const client = (workload: Workload): WorkloadApiClient => new WorkloadApiClient({ address: api().address(workload) });

  it("a JWT bundle is a plain JWKS, of the own and of the federated trust domain", async () => {
    using web = client("web");
    const bundles = await jwtBundles(web);
    expect([...bundles.keys()].sort()).toEqual([ELSEWHERE, HOME]);
    for (const [key, ...others] of bundles.values()) {
      expect(others).toEqual([]);
      const [kid, x, y] = [expect.any(String), expect.any(String), expect.any(String)];
      expect(key).toEqual({ kty: "EC", crv: "P-256", kid, x, y });
    }
  });

  it("a JWT-SVID is for the audiences that were asked for, lives five minutes and is signed by the bundle's key", async () => {
    using web = client("web");
    const svids = await web.fetchJwtSvids(["one", "two"]);
    expect(svids.map(({ id, hint }) => [`${id}`, hint])).toEqual([["spiffe://homelab.internal/web", undefined]]);
    const token = parse(svids[0]?.token);
    const [key] = (await jwtBundles(web)).get(HOME) ?? [];
    expect(token.header).toEqual({ alg: "ES256", kid: key?.kid, typ: "JWT" });
    const iat = Number(token.claims["iat"]);
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(30);
    const sub = "spiffe://homelab.internal/web";
    expect(token.claims).toEqual({ sub, aud: ["one", "two"], iat, exp: iat + JWT_TTL_SECONDS });
    expect(key !== undefined && token.isSignedBy(key)).toBe(true);
  });

  it("a token is given out again for the same audiences in any order, for others not", async () => {
    using web = client("web");
    const fetch = async (...audience: [string, ...string[]]) => (await web.fetchJwtSvids(audience))[0]?.token;
    const token = await fetch("again", "more");
    expect(await fetch("more", "again")).toBe(token);
    expect(await fetch("again")).not.toBe(token);
  });

  it("a workload with several identities gets a token for each, or for the one it asks for", async () => {
    using several = client("several");
    const svids = await several.fetchJwtSvids("api");
    expect(svids.map(({ hint }) => hint).sort()).toEqual(["external", "internal"]);
    for (const { id, token } of svids) expect(parse(token).claims["sub"]).toBe(`${id}`);
    const subject = SpiffeId.parse("spiffe://homelab.internal/two");
    const [only, ...others] = await several.fetchJwtSvids("api", { subject });
    expect([`${only?.id}`, only?.hint, others]).toEqual([`${subject}`, "external", []]);
  });

  it("a registration decides how long its tokens live", async () => {
    using several = client("several");
    const [svid] = await several.fetchJwtSvids("api", { subject: SpiffeId.parse("spiffe://homelab.internal/two") });
    const { exp, iat } = parse(svid?.token).claims;
    expect(Number(exp) - Number(iat)).toBe(90);
  });

  it("the agent validates a token with all its claims", async () => {
    using web = client("web");
    const [svid] = await web.fetchJwtSvids(["one", "two"]);
    const { id, claims } = await web.validateJwtSvid(svid?.token ?? "", "two");
    expect(`${id}`).toBe("spiffe://homelab.internal/web");
    expect(claims).toEqual(parse(svid?.token).claims);
  });

  it("of a federated trust domain's token it passes on subject, audience and expiry only", async () => {
    using web = client("web");
    using abroad = client("abroad");
    const [svid] = await web.fetchJwtSvids("api");
    const { id, claims } = await abroad.validateJwtSvid(svid?.token ?? "", "api");
    expect(`${id}`).toBe("spiffe://homelab.internal/web");
    const { sub, aud, exp } = parse(svid?.token).claims;
    expect(claims).toEqual({ sub, aud, exp });
  });

  it("a workload that nobody registered may have tokens of its own trust domain validated", async () => {
    using web = client("web");
    using nobody = client("nobody");
    const [svid] = await web.fetchJwtSvids("api");
    expect(`${(await nobody.validateJwtSvid(svid?.token ?? "", "api")).id}`).toBe("spiffe://homelab.internal/web");
    using abroad = client("abroad");
    const [foreign] = await abroad.fetchJwtSvids("api");
    await expect(nobody.validateJwtSvid(foreign?.token ?? "", "api")).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining('no keys found for trust domain "elsewhere.internal"'),
    });
  });
}

type PublicJwk = JsonWebKey & { readonly kid: string };

/** The first message of the stream of JWT bundles. */
export async function jwtBundles(client: WorkloadApiClient): Promise<ReadonlyMap<string, readonly PublicJwk[]>> {
  const { value } = await client.watchJwtBundles().next();
  return new Map([...(value ?? [])].map(([name, text]) => [name, (JSON.parse(text) as { keys: PublicJwk[] }).keys]));
}

function parse(token = ""): Token {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  return {
    header: decode(header),
    claims: decode(payload),
    isSignedBy: (key) =>
      verify(
        "sha256",
        Buffer.from(`${header}.${payload}`),
        { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      ),
  };
}
