/**
 * Chains verified per second, one core, against the two calls of `node:crypto` that no verifier can do without: reading
 * the certificates and checking their signatures. The two take turns.
 *
 * - cold: DER that was never seen, as in a handshake with a new peer; authorities parsed, as a source keeps them
 * - warm: the same certificate objects again
 *
 *     node --conditions=@idstack/source bench/verify.bench.ts
 */
import { X509Certificate } from "node:crypto";
import { verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";

const ROUNDS = 15;
const CHAINS = 200;

const root = new TestCa("homelab.internal");
const bundles = new X509BundleSet([root.bundle]);
const rootKey = root.certificate.publicKey;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Calls per second. */
function rate(count: number, act: () => void): number {
  const began = process.hrtime.bigint();
  act();
  return (count * 1e9) / Number(process.hrtime.bigint() - began);
}

function row(name: string, verified: readonly number[], bare: readonly number[]): void {
  const [ours, theirs] = [median(verified), median(bare)];
  const ratio = median(verified.map((value, round) => value / (bare[round] ?? Number.NaN)));
  const figures = [ours, theirs].map((value) => Math.round(value).toLocaleString("en").padStart(8)).join(" ");
  console.log(`${name.padEnd(40)}${figures}   ${ratio.toFixed(2)}   ${(1e6 / ours).toFixed(0)} µs`);
}

console.log(`${"chains/s".padEnd(40)}verified     bare   ratio  one chain`);
for (const [name, issuer] of [
  ["leaf below the authority", root],
  ["leaf and intermediate", root.intermediate()],
] as const) {
  const figures = { cold: [] as number[], coldBare: [] as number[], warm: [] as number[], warmBare: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const chains = Array.from({ length: CHAINS }, (_, at) =>
      issuer.svid(`/ns/apps/sa/w${at}`).certificates.map(({ raw }) => raw),
    );
    const verify = (): void => {
      for (const chain of chains) verifyX509Svid(chain, bundles);
    };
    const bare = (): void => {
      for (const chain of chains) {
        const [first, second] = chain.map((der) => new X509Certificate(der));
        if (first?.verify(second === undefined ? rootKey : second.publicKey) !== true) throw new Error("unsigned");
        if (second?.verify(rootKey) === false) throw new Error("unsigned");
      }
    };
    const known = issuer.svid("/ns/apps/sa/web").certificates;
    const [first, second] = known;
    const above = second?.publicKey ?? rootKey;
    const warm = (): void => {
      for (let left = CHAINS; left > 0; left -= 1) verifyX509Svid(known, bundles);
    };
    const warmBare = (): void => {
      for (let left = CHAINS; left > 0; left -= 1)
        if (!first.verify(above) || second?.verify(rootKey) === false) throw new Error("unsigned");
    };
    const turns: readonly (readonly [number[], () => void])[] = [
      [figures.cold, verify],
      [figures.coldBare, bare],
      [figures.warm, warm],
      [figures.warmBare, warmBare],
    ];
    for (const [results, act] of round % 2 === 0 ? turns : turns.toReversed()) results.push(rate(CHAINS, act));
  }
  row(`${name}, cold`, figures.cold, figures.coldBare);
  row(`${name}, warm`, figures.warm, figures.warmBare);
}
