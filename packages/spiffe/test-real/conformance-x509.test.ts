import { SpiffeError, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { type GoChain, type GoSpiffePeer, goSpiffePeer, recordEvidence } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type X509Case, x509Cases } from "../test/fixtures/x509-cases.ts";
import { differences } from "./conformance-differences.ts";

const counts = { checked: 0, wrong: 0 };

let go: GoSpiffePeer;
beforeAll(async () => {
  go = await goSpiffePeer();
});
afterAll(async () => {
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "@idstack/spiffe accepts and refuses the same certificate chains, but for cited sections",
    checked: counts.checked,
    unit: "chains",
    mismatches: counts.wrong,
  });
});

describe("every chain of the conformance table", () => {
  it("is judged by go-spiffe as by us, or the table of differences says why not", async () => {
    const answers = await go.verifyX509(x509Cases.map(toGoChain));
    const found: unknown[] = [];
    for (const [index, each] of x509Cases.entries()) {
      const answer = answers[index];
      const theirs = answer !== undefined && "id" in answer ? "accepted" : "refused";
      const ours = verdict(each);
      counts.checked += 1;
      const known = differences[each.name];
      if (ours === theirs && known === undefined) continue;
      if (ours !== theirs && known?.goSpiffe === theirs) continue;
      counts.wrong += 1;
      found.push({ name: each.name, ours, theirs, answer, known });
    }
    expect(found).toEqual([]);
  });

  it("and nothing in that table is about a chain that does not exist", () => {
    const names = x509Cases.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(differences)));
    for (const { section } of Object.values(differences))
      expect(section).toMatch(/^((X509-SVID|SPIFFE-ID|RFC \d+) §|limit: )/);
  });
});

function toGoChain({ svid, bundles }: X509Case): GoChain {
  return {
    certificates: svid.certificates.map(({ raw }) => raw),
    bundles: Object.fromEntries(
      bundles.map(({ trustDomain, authorities }) => [trustDomain.name, authorities.map(({ raw }) => raw)]),
    ),
  };
}

function verdict({ svid, bundles }: X509Case): "accepted" | "refused" {
  try {
    verifyX509Svid(svid.certificates, new X509BundleSet(bundles));
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(SpiffeError);
    return "refused";
  }
}
