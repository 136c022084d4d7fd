/**
 * JWT-SVID validations per second, of a new token each time and of tokens seen before, beside the bare signature check of
 * node:crypto and beside jose, one process, interleaved rounds. The same check from the token's text stands beside too: cutting
 * it up and decoding the signature is what every validator has to do before. Rates are per second of processor time, of all
 * threads: what else the machine does, and the idle second core that asynchronous verification would need, do not count.
 * Neighbours on the same core empty its caches all the same, which costs whoever uses more of them more: the ratio of the best
 * rounds is that of a quiet second.
 *
 *     node --conditions=@idstack/source bench/jwt.bench.ts
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { performance } from "node:perf_hooks";
import { JwtBundleSet, TrustDomain } from "@idstack/spiffe";
import { validateJwtSvid } from "@idstack/spiffe/jwt";
import { jwtVerify, SignJWT } from "jose";

const ROUNDS = 45;
const ROUND_MS = 50;
const TOKENS = 1500;
/** The callers of a service are few, and each comes with a new token every few minutes. */
const CALLERS = 50;
const trustDomain = TrustDomain.parse("homelab.internal");

interface Contender {
  readonly name: string;
  /** Validates one token. */
  readonly run: () => unknown;
  /** Answers with a promise. */
  readonly waits: boolean;
  readonly rates: number[];
}

for (const alg of ["ES256", "RS256", "PS256"] as const) {
  const { publicKey, privateKey } = keysOf(alg);
  // More than the validator remembers, so that each is new to it when its turn comes again.
  const tokens = await Promise.all(Array.from({ length: TOKENS }, (_, at) => mint(alg, privateKey, at)));
  const bundles = new JwtBundleSet([{ trustDomain, authorities: [{ keyId: "key", publicKey }] }]);
  const prepared = tokens.map((token) => {
    const [head = "", body = "", signature = ""] = token.split(".");
    return { signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, "base64url") };
  });
  const keyInput =
    alg === "ES256"
      ? ({ key: publicKey, dsaEncoding: "ieee-p1363" } as const)
      : alg === "RS256"
        ? publicKey
        : { key: publicKey, padding: 6, saltLength: -1 };
  const indices = (): (() => number) => {
    let at = 0;
    return () => {
      at = (at + 1) % tokens.length;
      return at;
    };
  };
  const [next, nextText, nextNew, nextSeen, nextJose] = [indices(), indices(), indices(), indices(), indices()];
  const contenders: Contender[] = [
    {
      name: "crypto.verify alone",
      run: () => {
        const { signed, signature } = prepared[next()] ?? { signed: Buffer.of(), signature: Buffer.of() };
        if (!verify("sha256", signed, keyInput, signature)) throw new Error("not verified");
      },
      waits: false,
      rates: [],
    },
    {
      name: "the same from the text",
      run: () => {
        const token = tokens[nextText()] ?? "";
        const end = token.lastIndexOf(".");
        const signature = Buffer.from(token.slice(end + 1), "base64url");
        if (!verify("sha256", Buffer.from(token.slice(0, end), "latin1"), keyInput, signature)) {
          throw new Error("not verified");
        }
      },
      waits: false,
      rates: [],
    },
    {
      name: "validateJwtSvid",
      run: () => validateJwtSvid(tokens[nextNew()] ?? "", { bundles, audience: "api" }),
      waits: false,
      rates: [],
    },
    {
      name: "the same, seen before",
      run: () => validateJwtSvid(tokens[nextSeen() % 64] ?? "", { bundles, audience: "api" }),
      waits: false,
      rates: [],
    },
    {
      name: "jose jwtVerify",
      run: () => jwtVerify(tokens[nextJose()] ?? "", publicKey, { audience: "api", algorithms: [alg] }),
      waits: true,
      rates: [],
    },
  ];
  for (const contender of contenders) await rate(contender, 50);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) contender.rates.push(await rate(contender, ROUND_MS));
  }
  const [base = 1, text = 1, own = 1, seen = 1, jose = 1] = contenders.map(({ rates }) => median(rates));
  process.stdout.write(`${alg}\n`);
  for (const { name, rates } of contenders) {
    process.stdout.write(
      `  ${name.padEnd(22)} ${Math.round(median(rates)).toLocaleString("en").padStart(8)} per second\n`,
    );
  }
  process.stdout.write(
    `  ratio to crypto.verify ${(own / base).toFixed(2)} (goal 0.85), to jose ${(own / jose).toFixed(2)} (goal 1)\n`,
  );
  process.stdout.write(`  ratio to crypto.verify from the text ${(own / text).toFixed(2)}\n`);
  process.stdout.write(`  ratio to crypto.verify of tokens seen before ${(seen / base).toFixed(1)}\n`);
  const [quietBase = 1, , quietOwn = 1] = contenders.map(({ rates }) => Math.max(...rates));
  process.stdout.write(`  ratio to crypto.verify in the best rounds ${(quietOwn / quietBase).toFixed(2)}\n`);
}

/** Validations per second of processor time. */
async function rate({ run, waits }: Contender, ms: number): Promise<number> {
  const start = performance.now();
  const used = process.cpuUsage();
  let count = 0;
  for (; performance.now() - start < ms; count += 1) {
    if (waits) await run();
    else run();
  }
  const { user, system } = process.cpuUsage(used);
  return (count / (user + system)) * 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function keysOf(alg: string): { publicKey: KeyObject; privateKey: KeyObject } {
  const pair =
    alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  // Keys as they come out of documents.
  return {
    publicKey: createPublicKey({ key: pair.publicKey.export({ format: "jwk" }), format: "jwk" }),
    privateKey: createPrivateKey(pair.privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

function mint(alg: string, privateKey: KeyObject, at: number): Promise<string> {
  return new SignJWT({ jti: `${at}` })
    .setProtectedHeader({ alg, kid: "key", typ: "JWT" })
    .setSubject(`spiffe://homelab.internal/ns/apps/sa/web-${at % CALLERS}`)
    .setAudience(["api"])
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
}
