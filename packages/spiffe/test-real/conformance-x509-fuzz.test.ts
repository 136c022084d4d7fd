import { SpiffeError, TrustDomain, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { type GoSpiffePeer, goSpiffePeer, recordEvidence } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCertificates } from "../src/internal/x509/der-certificates.ts";
import { type ResignedChain, resignedChains, soundChain } from "../test/fixtures/resigned.ts";
import { codesBeyondGo, goBeyondUs } from "./conformance-differences.ts";

const LONG = Number(process.env["IDSTACK_LONG"] ?? 0);
const COUNT = LONG > 0 ? 50_000 : 4000;
const BATCH = 2000;
const SEED = Number(process.env["FC_SEED"] ?? 5280);

const counts = { checked: 0, wrong: 0, accepted: 0 };
const trustDomain = TrustDomain.parse("homelab.internal");

let go: GoSpiffePeer;
beforeAll(async () => {
  go = await goSpiffePeer();
});
afterAll(async () => {
  await recordEvidence({
    component: "go-spiffe-peer",
    proves:
      "@idstack/spiffe accepts no damaged certificate that go-spiffe refuses, nor the other way round, but for cited sections",
    checked: counts.checked,
    unit: "chains",
    mismatches: counts.wrong,
  });
});

describe("certificates that were damaged before they were signed", () => {
  it("are judged by go-spiffe as by us, or a section says why not", async () => {
    const found: unknown[] = [];
    for (let done = 0; done < COUNT; done += BATCH) {
      const chains = [soundChain, ...fc.sample(resignedChains, { numRuns: BATCH, seed: SEED + done })];
      const answers = await go.verifyX509(
        chains.map(({ certificates, authority }) => ({ certificates, bundles: { [trustDomain.name]: [authority] } })),
      );
      for (const [index, chain] of chains.entries()) {
        const answer = answers[index];
        const theirs = answer === undefined || "error" in answer ? (answer?.error ?? "no answer") : undefined;
        const ours = refusal(chain);
        counts.checked += 1;
        if (ours === undefined) counts.accepted += 1;
        if ((ours === undefined) === (theirs === undefined)) continue;
        const cited =
          ours === undefined
            ? goBeyondUs.some(({ error }) => error.test(theirs ?? ""))
            : codesBeyondGo[ours.code] !== undefined;
        if (cited) continue;
        counts.wrong += 1;
        const bytes =
          chain.place === "authority" ? chain.authority : chain.certificates[chain.place === "leaf" ? 0 : 1];
        found.push({
          place: chain.place,
          ours: ours?.message,
          cause: String(ours?.cause),
          theirs,
          bytes: bytes?.toString("base64"),
        });
      }
    }
    expect(found).toEqual([]);
    // Damage that neither side minds is part of the sample, and most of it is minded.
    expect(counts.accepted).toBeGreaterThan(counts.checked / 50);
    expect(counts.accepted).toBeLessThan(counts.checked / 2);
  });
});

/** Why we refuse a chain, undefined if we do not. */
function refusal({ certificates, authority }: ResignedChain): SpiffeError | undefined {
  try {
    const bundle = { trustDomain, authorities: parseCertificates(authority) };
    verifyX509Svid(certificates, new X509BundleSet([bundle]));
    return undefined;
  } catch (error) {
    if (error instanceof SpiffeError) return error;
    // A bundle that does not parse is none; its source reports it so.
    return new SpiffeError("bundle-rejected", String(error));
  }
}
