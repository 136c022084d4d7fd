import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpiffeId, TrustDomain, WorkloadApiClient } from "@idstack/spiffe";
import { type GoSpiffePeer, goSpiffePeer, recordEvidence, type Spire, startSpire } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jwtBundles } from "./behaviours/jwt.ts";

const WEB = "spiffe://example.org/web";

const counts = { ids: 0, differentIds: 0, tokens: 0, wrongTokens: 0 };

let spire: Spire;
let go: GoSpiffePeer;
let client: WorkloadApiClient;
beforeAll(async () => {
  spire = await startSpire();
  await spire.server().createEntry({ spiffeId: "/web" });
  await spire.agent().waitFor(WEB);
  client = new WorkloadApiClient({ address: spire.agent().endpoint });
  go = await goSpiffePeer({ workloadApi: spire.agent().endpoint });
});
afterAll(async () => {
  client?.close();
  await spire?.close();
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "@idstack/spiffe reads the same texts as SPIFFE IDs and trust domains",
    checked: counts.ids,
    unit: "texts",
    mismatches: counts.differentIds,
  });
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "JWT-SVIDs that either side fetches are validated by the other",
    checked: counts.tokens,
    unit: "tokens",
    mismatches: counts.wrongTokens,
  });
});

describe("JWT-SVIDs", () => {
  /** Counts a token about which both sides have to say the same. */
  async function judged(check: () => Promise<void>): Promise<void> {
    counts.tokens += 1;
    try {
      await check();
    } catch (error) {
      counts.wrongTokens += 1;
      throw error;
    }
  }

  it("that we fetch are validated by go-spiffe, with the Workload API and with the server's bundle", async () => {
    const directory = await mkdtemp(join(tmpdir(), "ids-bundle-"));
    try {
      const path = join(directory, "bundle.json");
      await writeFile(path, await spire.server().bundle());
      const [svid] = await client.fetchJwtSvids(["api", "db"]);
      const token = svid?.token ?? "";
      const damaged = token.replace(/[^.]+$/, "A".repeat(86));
      for (const bundle of [undefined, { path, trustDomain: "example.org" }]) {
        const ask = (texts: string[], audience: string[]) =>
          go.validateJwt(texts, { audience, ...(bundle !== undefined && { bundle }) });
        await judged(async () => {
          const [answer] = await ask([token], ["db"]);
          expect(answer).toMatchObject({ id: WEB, audience: ["api", "db"], claims: { sub: WEB } });
        });
        await judged(async () =>
          expect(await ask([token], ["other"])).toMatchObject([{ error: /audience/ }].map(says)),
        );
        await judged(async () => expect(await ask([damaged], ["db"])).toMatchObject([{ error: /./ }].map(says)));
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("that go-spiffe fetches are validated by the agent for us, and by a key of the bundle that we watch", async () => {
    const [svid] = await go.fetchJwt({ audience: ["api"] });
    const { token = "", expiry = "" } = svid ?? {};
    await judged(async () => {
      const { id, claims } = await client.validateJwtSvid(token, "api");
      expect(`${id}`).toBe(WEB);
      expect(Number(claims["exp"]) * 1000).toBe(Date.parse(expiry));
    });
    await judged(async () => {
      await expect(client.validateJwtSvid(token, "other")).rejects.toMatchObject({ code: "invalid-argument" });
    });
    await judged(async () => {
      const [header = "", payload = "", signature = ""] = token.split(".");
      const [key] = (await jwtBundles(client)).get("example.org") ?? [];
      const publicKey = createPublicKey({ key: key ?? {}, format: "jwk" });
      const signed = Buffer.from(`${header}.${payload}`);
      const given = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
      expect(verify("sha256", signed, given, Buffer.from(signature, "base64url"))).toBe(true);
    });
  });

  it("are the same whichever of the two asks the agent", async () => {
    await judged(async () => {
      const [ours] = await client.fetchJwtSvids("same");
      const [theirs] = await go.fetchJwt({ audience: ["same"], id: WEB });
      expect(theirs).toMatchObject({ token: ours?.token, id: WEB, hint: "" });
    });
  });
});

const says = ({ error }: { readonly error: RegExp }) => ({ error: expect.stringMatching(error) });

describe("texts", () => {
  const known = [
    "",
    "spiffe://",
    "spiffe:///web",
    "spiffe://example.org",
    "spiffe://example.org/",
    "spiffe://example.org//web",
    "spiffe://example.org/web/",
    "spiffe://example.org/.",
    "spiffe://example.org/..",
    "spiffe://example.org/...",
    "spiffe://example.org/a/../b",
    "spiffe://Example.org/web",
    "SPIFFE://example.org/web",
    "https://example.org/web",
    "spiffe://user@example.org/web",
    "spiffe://example.org:8080/web",
    "spiffe://example.org/web?x=1",
    "spiffe://example.org/web#x",
    "spiffe://example.org/%61",
    "spiffe://example%2eorg/web",
    "spiffe://exämple.org/web",
    "spiffe://example.org/wéb",
    "spiffe://example.org/Web_1.2-3",
    "spiffe://1.2.3.4/web",
    "spiffe://_.-/web",
    "spiffe://example.org/a b",
    "spiffe:/example.org/web",
    "spiffe//example.org",
    " spiffe://example.org/web",
    "spiffe://example.org/web\n",
    "example.org",
    "Example.org",
    "example.org:80",
    "a_b",
    "[::1]",
    "spiffe://[::1]/web",
  ];
  const part = fc.stringMatching(/^[a-zA-Z0-9._\-%@:?# é/]{0,6}$/);
  const scheme = fc.constantFrom("spiffe://", "spiffe://", "spiffe://", "spiffe:/", "spiffe", "http://", "");
  const domain = fc.oneof(fc.stringMatching(/^[a-z0-9._-]{1,12}$/), part);
  const path = fc.array(fc.oneof(fc.stringMatching(/^[a-zA-Z0-9._-]{1,6}$/), part), { maxLength: 4 });
  const generated = fc
    .tuple(scheme, domain, path)
    .map(([start, name, segments]) => start + name + segments.map((segment) => `/${segment}`).join(""));

  it.each([
    ["SPIFFE IDs", "id"],
    ["trust domains", "trust-domain"],
  ] as const)("%s: both read the same ones in the same way", async (_, as) => {
    const all = [...known, ...fc.sample(generated, { numRuns: 2000, seed: 1 })];
    // go-spiffe takes the trust domain out of any SPIFFE ID; here that is what `SpiffeId.parse(text).trustDomain` says.
    const texts = as === "id" ? all : all.map((text) => text.replace(/(?<=[^/:])\/.*/s, ""));
    const answers = await go.parseIds(texts, as);
    const differences: unknown[] = [];
    let accepted = 0;
    for (const [index, text] of texts.entries()) {
      const answer = answers[index];
      const theirs = answer === undefined || "error" in answer ? undefined : answer;
      const ours = as === "id" ? readId(text) : readTrustDomain(text);
      counts.ids += 1;
      if (ours !== undefined) accepted += 1;
      if (JSON.stringify(ours) !== JSON.stringify(theirs && pick(theirs))) differences.push({ text, ours, answer });
    }
    counts.differentIds += differences.length;
    expect(differences).toEqual([]);
    // Neither everything nor nothing: the sample decides something.
    expect(accepted).toBeGreaterThan(texts.length / 10);
    expect(accepted).toBeLessThan(texts.length * 0.9);
  });
});

interface Parts {
  readonly id?: string;
  readonly trustDomain: string;
  readonly path?: string;
}

const pick = ({ id, trustDomain, path }: Parts): Parts => ({
  ...(id !== undefined && { id }),
  trustDomain,
  ...(path !== undefined && { path }),
});

function readId(text: string): Parts | undefined {
  try {
    const id = SpiffeId.parse(text);
    return { id: `${id}`, trustDomain: id.trustDomain.name, path: id.path };
  } catch {
    return undefined;
  }
}

function readTrustDomain(text: string): Parts | undefined {
  try {
    return { trustDomain: TrustDomain.parse(text).name };
  } catch {
    return undefined;
  }
}
