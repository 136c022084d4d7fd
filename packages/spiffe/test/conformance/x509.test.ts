import { SpiffeError, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { describe, expect, it } from "vitest";
import { type X509Case, x509Cases } from "../fixtures/x509-cases.ts";

describe("verification", () => {
  it.each(x509Cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const refusal = refusalOf(each);
    expect(refusal?.code ?? "accepted", refusal?.message).toBe(each.expected);
    if (refusal === undefined) return;
    // Whom it is about, the rule and where it stands.
    expect(refusal.section).toMatch(/^(X509-SVID §|RFC \d+ §|SPIFFE-ID §|SPIFFE_Workload_API §|hardening$)/);
    expect(refusal.message).toContain(`(${refusal.section})`);
    if (!["certificate-malformed", "chain-too-long"].includes(refusal.code)) {
      expect(refusal.message).toContain(`certificate "${refusal.subject}"`);
    }
    expect(refusal.message).not.toMatch(/BEGIN|[0-9a-f]{40}/i);
  });
});

function refusalOf({ svid, bundles }: X509Case): SpiffeError | undefined {
  try {
    verifyX509Svid(svid.certificates, new X509BundleSet(bundles));
    return undefined;
  } catch (error) {
    if (error instanceof SpiffeError) return error;
    throw error;
  }
}
