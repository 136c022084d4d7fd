import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SpiffeId, type verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { afterAll, describe, expect, it } from "vitest";
import { conformanceRows } from "../fixtures/conformance-table.ts";
import { type Mutant, writeMutants } from "../fixtures/mutants.ts";
import { x509Cases } from "../fixtures/x509-cases.ts";

const LONG = process.env["IDSTACK_LONG"];
/** The long form on files whose path begins so, for one piece at a time. */
const ONLY = process.env["IDSTACK_MUTATE"];

/** Where the rules of X.509 verification stand, and those of SPIFFE IDs. */
const VERIFICATION = [
  "src/svid/verify-x509-svid.ts",
  "src/internal/x509/algorithms.ts",
  "src/internal/x509/certificate-rules.ts",
  "src/internal/x509/issuer-rules.ts",
  "src/internal/x509/leaf-rules.ts",
  "src/internal/x509/name-constraints.ts",
  "src/internal/x509/path.ts",
  "src/id/authorize.ts",
  "src/id/spiffe-id.ts",
  "src/id/trust-domain.ts",
];
/** Further rules, which the long form switches off. */
const REST = [
  "src/internal/der/reader.ts",
  "src/internal/x509/extensions.ts",
  "src/internal/x509/fields.ts",
  "src/internal/x509/general-names.ts",
  "src/internal/jwt/algorithms.ts",
  "src/internal/jwt/claims.ts",
  "src/internal/jwt/compact.ts",
  "src/svid/validate-jwt-svid.ts",
  "src/internal/jwt/jwk.ts",
  "src/internal/jwt/jwks.ts",
  "src/internal/json.ts",
  "src/internal/proto/message.ts",
  "src/internal/proto/reader.ts",
  "src/internal/tls/client.ts",
  "src/internal/tls/identity.ts",
  "src/internal/tls/judge.ts",
  "src/internal/tls/trust.ts",
  "src/svid/x509-svid-encoding.ts",
  "src/bundle/bundle-map.ts",
  "src/bundle/jwt-bundle.ts",
  "src/bundle/limits.ts",
  "src/bundle/spiffe-bundle.ts",
  "src/bundle/x509-bundle.ts",
  "src/federation/bundle-store.ts",
  "src/federation/endpoint.ts",
  "src/federation/fetch-bundle.ts",
  "src/federation/https-get.ts",
  "src/jwt/authorization.ts",
  "src/jwt/jwt-auth.ts",
  "src/jwt/jwt-metadata.ts",
  "src/workload-api/client.ts",
  "src/workload-api/endpoint.ts",
  "src/workload-api/jwt-source.ts",
  "src/workload-api/limits.ts",
  "src/workload-api/x509-response.ts",
  "src/delegated/client.ts",
  "src/experimental/client.ts",
  "src/experimental/jws.ts",
  "src/experimental/wit-bundle.ts",
  "src/experimental/wit-svid.ts",
];

/** Unit tests of a file beside those that the table names for its codes. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  "src/internal/x509/algorithms.ts": ["test/internal/algorithms.test.ts"],
  "src/internal/x509/name-constraints.ts": ["test/internal/name-constraints.test.ts"],
  "src/internal/x509/general-names.ts": ["test/internal/name-constraints.test.ts", "test/svid/encodings.test.ts"],
  "src/internal/x509/extensions.ts": ["test/internal/fields.test.ts", "test/svid/encodings.test.ts"],
  "src/internal/x509/fields.ts": ["test/internal/fields.test.ts", "test/svid/encodings.test.ts"],
  "src/internal/der/reader.ts": [
    "test/internal/fields.test.ts",
    "test/internal/der.test.ts",
    "test/svid/encodings.test.ts",
  ],
  "src/internal/x509/path.ts": ["test/svid/verify-x509-svid.test.ts"],
  "src/svid/verify-x509-svid.ts": ["test/svid/hostile-der.test.ts", "test/svid/verify-x509-svid.test.ts"],
  "src/id/authorize.ts": ["test/id/authorize.test.ts"],
  "src/id/spiffe-id.ts": ["test/id/spiffe-id.test.ts"],
  "src/id/trust-domain.ts": ["test/id/spiffe-id.test.ts"],
  "src/internal/jwt/algorithms.ts": ["test/svid/validate-jwt-svid.test.ts", "test/bundle/bundles.test.ts"],
  "src/internal/jwt/claims.ts": ["test/svid/validate-jwt-svid.test.ts"],
  "src/internal/jwt/compact.ts": ["test/svid/validate-jwt-svid.test.ts"],
  "src/svid/validate-jwt-svid.ts": ["test/svid/validate-jwt-svid.test.ts"],
  "src/bundle/jwt-bundle.ts": ["test/bundle/bundles.test.ts"],
  "src/bundle/spiffe-bundle.ts": ["test/bundle/bundles.test.ts"],
  "src/internal/jwt/jwk.ts": ["test/bundle/bundles.test.ts", "test/svid/validate-jwt-svid.test.ts"],
  "src/internal/jwt/jwks.ts": ["test/bundle/bundles.test.ts"],
  "src/internal/json.ts": ["test/bundle/bundles.test.ts", "test/svid/validate-jwt-svid.test.ts"],
  "src/internal/proto/message.ts": ["test/internal/proto.test.ts", "test/workload-api/broken-agents.test.ts"],
  "src/internal/proto/reader.ts": ["test/internal/proto.test.ts"],
  "src/internal/tls/client.ts": ["test/tls/modes.test.ts"],
  "src/internal/tls/identity.ts": ["test/tls/modes.test.ts", "test/tls/exposure.test.ts"],
  "src/internal/tls/judge.ts": ["test/tls/connection.test.ts", "test/tls/resumption.test.ts"],
  "src/internal/tls/trust.ts": ["test/tls/exposure.test.ts", "test/tls/peer-verification.test.ts"],
  "src/svid/x509-svid-encoding.ts": ["test/svid/x509-svid-encoding.test.ts"],
  "src/bundle/bundle-map.ts": ["test/bundle/bundles.test.ts"],
  "src/bundle/limits.ts": ["test/bundle/bundles.test.ts"],
  "src/bundle/x509-bundle.ts": ["test/bundle/bundles.test.ts"],
  "src/federation/bundle-store.ts": ["test/federation/bundle-watcher.test.ts"],
  "src/federation/endpoint.ts": ["test/federation/fetch-bundle.test.ts"],
  "src/federation/fetch-bundle.ts": ["test/federation/fetch-bundle.test.ts"],
  "src/federation/https-get.ts": ["test/federation/fetch-bundle.test.ts"],
  "src/jwt/authorization.ts": ["test/jwt/jwt-auth.test.ts", "test/jwt/senders.test.ts"],
  "src/jwt/jwt-auth.ts": ["test/jwt/jwt-auth.test.ts"],
  "src/jwt/jwt-metadata.ts": ["test/jwt/senders.test.ts"],
  "src/workload-api/client.ts": ["test/workload-api/client.test.ts", "test/workload-api/limits.test.ts"],
  "src/workload-api/jwt-source.ts": ["test/workload-api/jwt-source.test.ts"],
  "src/workload-api/limits.ts": ["test/workload-api/limits.test.ts"],
  "src/delegated/client.ts": ["test/delegated/client.test.ts"],
  "src/experimental/client.ts": ["test/experimental/wit.test.ts"],
  "src/experimental/jws.ts": ["test/experimental/wit.test.ts"],
  "src/experimental/wit-bundle.ts": ["test/experimental/wit.test.ts"],
  "src/experimental/wit-svid.ts": ["test/experimental/wit.test.ts"],
  "src/workload-api/endpoint.ts": ["test/workload-api/endpoint.test.ts"],
  "src/workload-api/x509-response.ts": [
    "test/workload-api/x509-response.test.ts",
    "test/workload-api/limits.test.ts",
    "test/workload-api/x509-source.test.ts",
    "test/workload-api/client.test.ts",
  ],
};

/** A text for every rule of SPIFFE IDs. */
const ID_TEXTS = [
  ..."|td|SPIFFE://td|spiffe://|spiffe:///p|spiffe://Td|spiffe://u@td|spiffe://td:1|spiffe://t%64|spiffe://td/".split(
    "|",
  ),
  ..."spiffe://td/a/|spiffe://td//a|spiffe://td/.|spiffe://td/../a|spiffe://td/a%20|spiffe://td|spiffe://td/a/b".split(
    "|",
  ),
  `spiffe://${"t".repeat(256)}`,
  "spiffe://td/".padEnd(2049, "p"),
];

interface Verification {
  readonly verifyX509Svid: typeof verifyX509Svid;
}
interface Ids {
  readonly SpiffeId: typeof SpiffeId;
}

/** Places behind which another rule refuses with the same code; seen in the words of the message only. */
const BACKED: readonly (readonly [file: string, words: string])[] = [
  ["src/bundle/spiffe-bundle.ts", "x5c is no list of strings"],
  ["src/bundle/spiffe-bundle.ts", "x5c holds no certificate"],
  ["src/internal/jwt/claims.ts", "sub is missing or no string"],
  ["src/internal/jwt/compact.ts", "it does not have three parts"],
  // Spares the parser; the same limit holds in verification.
  ["src/workload-api/x509-response.ts", "chain-too-long"],
  ["src/bundle/bundle-map.ts", "it is no JSON object"],
  ["src/internal/jwt/jwks.ts", "it is no JSON object"],
  ["src/internal/jwt/jwk.ts", "a member of the public key is missing"],
  ["src/internal/jwt/jwk.ts", "its public key is not valid"],
  ["src/internal/json.ts", "it is no JSON"],
  ["src/experimental/wit-svid.ts", "has no alg of the nine"],
  ["src/experimental/wit-svid.ts", "cannot be read"],
  ["src/workload-api/jwt-source.ts", "closedError()"],
  // Node refuses it first.
  ["src/internal/tls/client.ts", "webPkiError"],
  // Errors that are handed on as they are, and texts that are none.
  ["src/internal/jwt/compact.ts", "throw cause"],
  ["src/federation/https-get.ts", "{pathname}"],
  ["src/internal/tls/identity.ts", " in own ? "],
];

const rows = conformanceRows();
const { folder, mutants } = writeMutants(
  [...VERIFICATION, ...(LONG ? REST : [])].filter((file) => file.startsWith(ONLY ?? "")),
);
afterAll(() => rmSync(folder, { recursive: true }));
const switches = globalThis as { idstackMutant?: string };

describe("without any one rule a test of its row fails", () => {
  const survivors: Mutant[] = [];

  it("chains: those of its row are judged otherwise", async () => {
    const at = (file: string): string => pathToFileURL(join(folder, file)).href;
    const verification = (await import(/* @vite-ignore */ at("src/svid/verify-x509-svid.ts"))) as Verification;
    const ids = (await import(/* @vite-ignore */ at("src/id/spiffe-id.ts"))) as Ids;
    const changed = (file?: string): Set<string> =>
      new Set([
        ...x509Cases
          // A search without end takes its time, and only where paths are searched can that change.
          .filter(({ name }) => file === undefined || file.endsWith("/path.ts") || !name.includes("maze"))
          .filter((each) => verdict(verification.verifyX509Svid, each) !== each.expected)
          .map(({ name }) => name),
        ...ID_TEXTS.filter((text) => reading(ids.SpiffeId, text) !== reading(SpiffeId, text)),
      ]);
    expect([...changed()]).toEqual([]);
    const elsewhere: string[] = [];
    for (const mutant of mutants) {
      switches.idstackMutant = mutant.id;
      const names = changed(mutant.file);
      delete switches.idstackMutant;
      if (names.size === 0) {
        survivors.push(mutant);
        continue;
      }
      const named = rows
        .filter(({ rules }) => mutant.code !== undefined && rules.includes(mutant.code))
        .flatMap(({ tests }) => tests);
      const seen =
        mutant.file.startsWith("src/id/") || named.some(({ name }) => names.has(name.replace("verification > ", "")));
      if (mutant.code !== undefined && !seen) elsewhere.push(`${place(mutant)}: only ${[...names].join(", ")}`);
    }
    expect(elsewhere).toEqual([]);
    if (ONLY !== undefined) return;
    expect(mutants.length).toBeGreaterThan(60);
    expect(survivors.length).toBeLessThan(mutants.length * (LONG ? 1 : 0.6));
  });

  it(
    "the rest: a test of its row or of its file fails",
    async () => {
      // Without a mutant everything passes: what fails below fails for its mutant.
      const units = new Set(survivors.flatMap(({ file }) => UNITS[file] ?? []));
      expect(await run([...units], "none")).toBe(true);
      const backed = ({ file, text }: Mutant): boolean =>
        BACKED.some(([each, words]) => each === file && text.includes(words));
      const queue = survivors.filter((mutant) => !backed(mutant));
      const alive: string[] = [];
      const left = queue.length;
      await Promise.all(
        [1, 2].map(async () => {
          for (let mutant = queue.pop(); mutant !== undefined; mutant = queue.pop()) {
            if (await passes(mutant)) alive.push(`${place(mutant)} ${mutant.code ?? ""}`);
          }
        }),
      );
      const byChains = mutants.length - survivors.length;
      if (LONG)
        console.log({
          mutants: mutants.length,
          byChains,
          byTests: left - alive.length,
          backed: survivors.length - left,
        });
      expect(alive.sort()).toEqual([]);
    },
    LONG ? 7_200_000 : 1_800_000,
  );
});

/** The parts that are read, or the words of the refusal. */
function reading({ parse }: typeof SpiffeId, text: string): string {
  try {
    const id = parse(text);
    return `${id.trustDomain.name} ${id.path}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function place({ file, line }: Mutant): string {
  return `${file}:${line}`;
}

function verdict(verify: typeof verifyX509Svid, { svid, bundles }: (typeof x509Cases)[number]): string {
  try {
    verify(svid.certificates, new X509BundleSet(bundles));
    return "accepted";
  } catch (error) {
    // The copy has a class of its own.
    return error instanceof Error && "code" in error ? String(error.code) : `crash: ${error}`;
  }
}

/** Runs the tests of the mutant's file and then those of its row in the copy, until one fails. */
async function passes(mutant: Mutant): Promise<boolean> {
  const units = UNITS[mutant.file] ?? [];
  const named = rows
    .filter(({ rules }) => mutant.code !== undefined && rules.includes(mutant.code))
    .flatMap(({ tests }) => tests.map(({ file }) => file))
    .filter((file) => !file.includes("conformance/") && !units.includes(file));
  for (const files of [units, [...new Set(named)]]) {
    if (files.length > 0 && !(await run(files, mutant.id))) return false;
  }
  return true;
}

function run(files: readonly string[], mutant: string): Promise<boolean> {
  const vitest = fileURLToPath(new URL("../../../../node_modules/.bin/vitest", import.meta.url));
  // Fuzz tests in their usual length: there are hundreds of runs.
  const { VITEST, VITEST_WORKER_ID, VITEST_POOL_ID, IDSTACK_LONG, ...env } = process.env;
  const child = spawn(vitest, ["run", "--root", folder, "--no-file-parallelism", ...files], {
    cwd: folder,
    env: { ...env, IDSTACK_MUTANT: mutant },
    stdio: "ignore",
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}
