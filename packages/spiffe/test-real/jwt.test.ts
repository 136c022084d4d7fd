import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client,
  credentials,
  Metadata,
  Server,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import {
  BundleSource,
  type JwtAlgorithm,
  marshalSpiffeBundle,
  type SpiffeError,
  WorkloadApiClient,
  X509Source,
} from "@idstack/spiffe";
import { bind, spiffeCredentials } from "@idstack/spiffe/grpc";
import { createServer, drain } from "@idstack/spiffe/https";
import {
  type JwtRequest,
  JwtSource,
  jwtAuth,
  jwtFetch,
  jwtMetadata,
  metadataVerifier,
  parseJwtSvidInsecure,
  type ValidateJwtSvidOptions,
  validateJwtSvid,
} from "@idstack/spiffe/jwt";
import { type JwtDefect, TestJwtAuthority } from "@idstack/spiffe/testing";
import { spiffeFetch } from "@idstack/spiffe/undici";
import { goSpiffePeer, recordEvidence, type Spire, startSpire } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SOON } from "./wait.ts";

const HOME = "homelab.internal";
const ELSEWHERE = "elsewhere.internal";
const WEB = `spiffe://${HOME}/web`;
const ABROAD = `spiffe://${ELSEWHERE}/abroad`;
const TTL_SECONDS = 20;

const counts = { spire: 0, go: 0, wrong: 0 };

let spire: Spire;
let web: JwtSource;
let abroad: JwtSource;
const addressOf = (trustDomain: string): string => spire.agent(trustDomain).endpoint;

beforeAll(async () => {
  spire = await startSpire({
    servers: [{ trustDomain: HOME }, { trustDomain: ELSEWHERE }],
    federation: true,
    ttl: { jwtSvid: TTL_SECONDS },
  });
  await spire.server(HOME).createEntry({ spiffeId: "/web", federatesWith: [ELSEWHERE] });
  await spire.server(ELSEWHERE).createEntry({ spiffeId: "/abroad", federatesWith: [HOME] });
  [web, abroad] = (await Promise.all(
    [HOME, ELSEWHERE].map((name) => JwtSource.open({ address: addressOf(name) })),
  )) as [JwtSource, JwtSource];
  // The entry may be there before what it federates with.
  await web.waitForUpdate((bundles) => bundles.size === 2, AbortSignal.timeout(SOON));
  await abroad.waitForUpdate((bundles) => bundles.size === 2, AbortSignal.timeout(SOON));
});
afterAll(async () => {
  await Promise.all([web?.close(), abroad?.close()]);
  await spire?.close();
  const mismatches = counts.wrong;
  const proves = "@idstack/spiffe fetches, renews and validates its JWT-SVIDs, over HTTP and gRPC";
  await recordEvidence({ component: "spire", proves, checked: counts.spire, unit: "tokens", mismatches });
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "@idstack/spiffe judges JWT-SVIDs alike, but for the sections that the suite cites",
    checked: counts.go,
    unit: "tokens",
    mismatches,
  });
});

/** Counts verdicts on tokens; another outcome than the expected one fails the test too. */
async function counted<T>(who: "spire" | "go", tokens: number, check: () => Promise<T>): Promise<T> {
  counts[who] += tokens;
  try {
    return await check();
  } catch (error) {
    counts.wrong += 1;
    throw error;
  }
}

const verdictOf = (token: string, options: ValidateJwtSvidOptions): string => {
  try {
    return `${validateJwtSvid(token, options).id}`;
  } catch (error) {
    return (error as SpiffeError).code;
  }
};

describe("tokens of SPIRE", () => {
  it("are fetched once for a set of audiences, and good for the agent and for us", async () => {
    await counted("spire", 2, async () => {
      const svid = await web.fetchJwtSvid(["api", "db"]);
      expect(svid).toMatchObject({ audience: expect.arrayContaining(["api", "db"]) });
      expect((await web.fetchJwtSvid(["db", "api"])).token).toBe(svid.token);
      const other = await web.fetchJwtSvid("api", { subject: WEB });
      expect(other.token).not.toBe(svid.token);

      const client = new WorkloadApiClient({ address: addressOf(HOME) });
      for (const { token } of [svid, other]) {
        const asked = await client.validateJwtSvid(token, "api");
        const { id, claims, expiresAt } = validateJwtSvid(token, { bundles: web, audience: "api" });
        expect([`${id}`, `${asked.id}`]).toEqual([WEB, WEB]);
        expect(expiresAt - Date.now()).toBeLessThanOrEqual(TTL_SECONDS * 1000);
        expect(asked.claims).toMatchObject({ sub: claims["sub"], exp: claims["exp"] });
        expect(verdictOf(token, { bundles: web, audience: "elsewhere" })).toBe("jwt-audience-mismatch");
      }
      client.close();
      await expect(web.fetchJwtSvid("api", { subject: `${WEB}/other` })).rejects.toMatchObject({
        code: "permission-denied",
      });
    });
  });

  it("of a federated trust domain are good by the keys of that one, for JwtSource and BundleSource", async () => {
    await counted("spire", 2, async () => {
      await using bundles = await BundleSource.open({ address: addressOf(HOME) });
      const [own, foreign] = await Promise.all([web.fetchJwtSvid("api"), abroad.fetchJwtSvid("api")]);
      for (const source of [web, abroad, bundles]) {
        expect(verdictOf(own.token, { bundles: source, audience: "api" })).toBe(WEB);
        expect(verdictOf(foreign.token, { bundles: source, audience: "api" })).toBe(ABROAD);
      }
      expect([bundles.snapshot.x509.size, bundles.snapshot.jwt.size]).toEqual([2, 2]);
      const alone = web.bundles.without(foreign.id.trustDomain);
      expect(verdictOf(foreign.token, { bundles: alone, audience: "api" })).toBe("jwt-no-bundle");
    });
  });

  it("are renewed from half of their life on, and none is handed out near its end", async () => {
    const first = await web.fetchJwtSvid("renewal");
    const seen: { token: string; left: number; age: number }[] = [];
    await counted("spire", 1, () =>
      vi.waitFor(
        async () => {
          const { token, expiresAt } = await web.fetchJwtSvid("renewal");
          const { issuedAt = 0 } = parseJwtSvidInsecure(token);
          seen.push({ token, left: expiresAt - Date.now(), age: Date.now() - issuedAt });
          if (token === first.token) throw new Error("still the first one");
          expect(verdictOf(token, { bundles: web, audience: "renewal" })).toBe(WEB);
        },
        { timeout: SOON, interval: 50 },
      ),
    );
    const former = seen.filter(({ token }) => token === first.token);
    expect(Math.max(...former.map(({ age }) => age))).toBeGreaterThan((TTL_SECONDS * 1000) / 2 - 1500);
    // The agent may hand out its own, older, token once more.
    expect(Math.min(...seen.map(({ left }) => left))).toBeGreaterThan((TTL_SECONDS * 1000) / 10);
  });
});

describe("tokens of SPIRE on their way", () => {
  it("jwtAuth admits by ID, over SPIFFE mTLS and through fetch", async () => {
    await using own = await X509Source.open({ address: addressOf(HOME) });
    const refused: string[] = [];
    const auth = jwtAuth({
      source: web,
      audience: "api",
      authorize: [ABROAD],
      onRefused: ({ code }) => refused.push(code),
    });
    const server = createServer({ source: own, authorize: [WEB] }, (req, res) => {
      if (auth(req, res)) res.end(`${(req as IncomingMessage as JwtRequest).spiffe.id} by ${req.peer.id}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const tls = spiffeFetch({ source: own, authorize: [WEB] });
    const plain = tls as unknown as typeof globalThis.fetch;

    await counted("spire", 4, async () => {
      // A proxy: its own certificate, the token of somebody else.
      const admitted = await jwtFetch({ source: abroad, audience: "api", fetch: plain })(url);
      expect([admitted.status, await admitted.text()]).toEqual([200, `${ABROAD} by ${WEB}`]);
      expect((await jwtFetch({ source: web, audience: "api", fetch: plain })(url)).status).toBe(403);
      expect((await jwtFetch({ source: abroad, audience: "other", fetch: plain })(url)).status).toBe(401);
      expect((await plain(url)).status).toBe(401);
      expect(refused).toEqual(["unauthorized", "jwt-audience-mismatch", "jwt-missing"]);
    });
    await tls.close();
    await drain(server, { timeoutMs: 1000 });
  });

  it("gRPC metadata carries them over a channel of grpc-js", async () => {
    await using own = await X509Source.open({ address: addressOf(HOME) });
    const verify = metadataVerifier({ source: web, audience: "api", authorize: [ABROAD] });
    const server = new Server();
    server.addService(
      { hello },
      {
        hello: (call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => {
          try {
            answer(null, `hello ${verify(call.metadata).id}`);
          } catch (error) {
            const { code, message } = error as SpiffeError;
            answer({ code: code === "unauthorized" ? status.PERMISSION_DENIED : status.UNAUTHENTICATED, message });
          }
        },
      },
    );
    await using binding = await bind(server, "127.0.0.1:0", { source: own, authorize: [WEB] });
    const channel = spiffeCredentials({ source: own, authorize: [WEB] });
    const call = async (source: JwtSource | undefined, audience: string): Promise<string | number> => {
      const perCall = source && credentials.createFromMetadataGenerator(jwtMetadata({ source, audience, Metadata }));
      const client = new Client(
        `127.0.0.1:${binding.port}`,
        perCall === undefined ? channel : credentials.combineChannelCredentials(channel, perCall),
      );
      try {
        return await new Promise((resolve) =>
          client.makeUnaryRequest(hello.path, write, read, "me", (error: ServiceError | null, text) =>
            resolve(error?.code ?? text ?? ""),
          ),
        );
      } finally {
        client.close();
      }
    };
    await counted("spire", 4, async () => {
      expect(await call(abroad, "api")).toBe(`hello ${ABROAD}`);
      expect(await call(web, "api")).toBe(status.PERMISSION_DENIED);
      expect(await call(abroad, "other")).toBe(status.UNAUTHENTICATED);
      expect(await call(undefined, "")).toBe(status.UNAUTHENTICATED);
    });
  });
});

const write = (text: string): Buffer => Buffer.from(text);
const read = (bytes: Buffer): string => bytes.toString();
const hello = {
  path: "/demo.Greeter/Hello",
  requestStream: false,
  responseStream: false,
  requestSerialize: write,
  requestDeserialize: read,
  responseSerialize: write,
  responseDeserialize: read,
} as const;

describe("go-spiffe", () => {
  it("validates what we fetch, and we what it fetches", async () => {
    await counted("go", 3, async () => {
      const go = await goSpiffePeer({ workloadApi: addressOf(ELSEWHERE) });
      const ours = await web.fetchJwtSvid("interop");
      const [theirs] = await go.fetchJwt({ audience: ["interop"] });
      expect(theirs?.id).toBe(ABROAD);
      expect(verdictOf(theirs?.token ?? "", { bundles: web, audience: "interop" })).toBe(ABROAD);
      const [answer, refused] = [
        ...(await go.validateJwt([ours.token], { audience: ["interop"] })),
        ...(await go.validateJwt([ours.token], { audience: ["other"] })),
      ];
      expect(answer).toMatchObject({ id: WEB, audience: ["interop"] });
      expect(refused).toMatchObject({ error: expect.stringContaining("audience") });
    });
  });

  it.each(["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"] as const)(
    "gives the same verdict on %s, sound and with each defect",
    async (algorithm) => {
      const judged = await compare(algorithm);
      await counted("go", judged.size, async () => {
        for (const [name, { ours, theirs }] of judged) {
          const accepted = { goSpiffe: theirs === SUBJECT, us: ours === SUBJECT };
          const other = differences[name]?.goSpiffe;
          const goSpiffe = other === undefined ? accepted.us : other === "accepted";
          const us = other === undefined ? goSpiffe : !goSpiffe;
          expect({ name, ours, theirs, ...accepted }).toMatchObject({ goSpiffe, us });
        }
        expect(judged.get("sound")).toEqual({ ours: SUBJECT, theirs: SUBJECT });
      });
    },
  );
});

const SUBJECT = `spiffe://${HOME}/minted`;

/** Where go-spiffe judges otherwise, and the section, or the limit of ours, that we follow. */
const differences: Readonly<Record<string, { readonly goSpiffe: "accepted" | "refused"; readonly section: string }>> = {
  "no kid": { goSpiffe: "refused", section: "JWT-SVID §2.2" },
  "too-many-audiences": { goSpiffe: "accepted", section: "limit: 32 audiences" },
};

const defects: readonly JwtDefect[] = [
  "expired",
  "not-yet-valid",
  "issued-in-future",
  "no-expiry",
  "expiry-not-a-number",
  "no-audience",
  "audience-not-a-string",
  "too-many-audiences",
  "no-subject",
  "subject-not-spiffe",
  "alg-none",
  "alg-hmac",
  "alg-eddsa",
  "alg-unfit",
  "typ-other",
  "critical-header",
  "unknown-kid",
  "foreign-key",
  "tampered-header",
  "tampered-payload",
  "tampered-signature",
  "no-signature",
  "duplicate-claim",
  "padded-base64",
  "payload-not-json",
  "json-flattened",
  "json-general",
  "five-parts",
];

/** Both validate the same tokens with the same bundle. */
async function compare(
  algorithm: JwtAlgorithm,
): Promise<ReadonlyMap<string, { readonly ours: string; readonly theirs: string }>> {
  const authority = new TestJwtAuthority(HOME, { algorithm });
  const mint = (options: Partial<Parameters<TestJwtAuthority["token"]>[1]> = {}): string =>
    authority.token("/minted", { audience: "api", ...options });
  const seconds = Math.floor(Date.now() / 1000);
  const tokens: Record<string, string> = {
    sound: mint(),
    "audience in a string": mint({ claims: { aud: "api" } }),
    "one audience of several": mint({ audience: ["other", "api"] }),
    "no typ": mint({ header: { typ: undefined } }),
    "typ JOSE": mint({ header: { typ: "JOSE" } }),
    "no kid": mint({ header: { kid: undefined } }),
    "expired within the leeway": mint({ claims: { iat: seconds - 300, exp: seconds - 20 } }),
    "not before, within the leeway": mint({ claims: { nbf: seconds + 20 } }),
    "own claims": mint({ claims: { groups: ["a", { b: null }] } }),
    "another trust domain in sub": mint({ claims: { sub: `${ABROAD}/minted` } }),
    "no path in sub": mint({ claims: { sub: `spiffe://${HOME}` } }),
    "upper case in sub": mint({ claims: { sub: `spiffe://Homelab.internal/minted` } }),
    "empty part": `${mint()}.`,
    nothing: "x",
    ...Object.fromEntries(defects.map((defect) => [defect, mint({ defect })])),
  };
  const directory = await mkdtemp(join(tmpdir(), "idstack-jwt-"));
  try {
    const path = join(directory, "bundle.json");
    const { trustDomain, authorities } = authority.bundle;
    await writeFile(path, marshalSpiffeBundle({ trustDomain, x509Authorities: [], jwtAuthorities: authorities }));
    const go = await goSpiffePeer();
    const bundle = { path, trustDomain: HOME };
    const names = Object.keys(tokens);
    const answers = await go.validateJwt(Object.values(tokens), { audience: ["api"], bundle });
    expect(answers).toHaveLength(names.length);
    return new Map(
      names.map((name, at) => {
        const answer = answers[at] ?? { error: "no answer" };
        const theirs = "id" in answer ? answer.id : answer.error;
        return [name, { theirs, ours: verdictOf(tokens[name] ?? "", { bundles: authority.bundle, audience: "api" }) }];
      }),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}
