import { X509Certificate } from "node:crypto";
import { X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { VerifiedChains } from "../../src/internal/tls/verified-chains.ts";

const ca = new TestCa("homelab.internal");
const now = Date.now();
const bundles = new X509BundleSet([ca.bundle]);

/** Counts signature checks: a chain whose verdict is known costs none. */
function counting(chain: readonly X509Certificate[]) {
  let checks = 0;
  for (const certificate of chain) {
    const verify = certificate.verify.bind(certificate);
    Object.defineProperty(certificate, "verify", {
      value: (key: Parameters<typeof verify>[0]) => {
        checks += 1;
        return verify(key);
      },
    });
  }
  return () => checks;
}

const copy = (chain: readonly X509Certificate[]): X509Certificate[] => chain.map(({ raw }) => new X509Certificate(raw));

describe("a verified chain", () => {
  it("is verified once, also when it is parsed anew, and when the bundle is", () => {
    const chains = new VerifiedChains();
    const { certificates } = ca.intermediate().svid("/web");
    const first = chains.verify(copy(certificates), bundles, now);
    const again = copy(certificates);
    const checks = counting(again);
    expect(chains.verify(again, bundles, now)).toBe(first);
    const reparsed = new X509BundleSet([{ ...ca.bundle, authorities: copy(ca.bundle.authorities) }]);
    expect(chains.verify(again, reparsed, now)).toBe(first);
    expect(checks()).toBe(0);
  });

  it("is verified again when an authority comes or goes", () => {
    const chains = new VerifiedChains();
    const { certificates } = ca.svid("/web");
    chains.verify(certificates, bundles, now);
    const other = new TestCa("homelab.internal").bundle.authorities;
    const grown = new X509BundleSet([{ ...ca.bundle, authorities: [...ca.bundle.authorities, ...other] }]);
    const checks = counting(certificates);
    chains.verify(certificates, grown, now);
    expect(checks()).toBe(1);
    const replaced = new X509BundleSet([{ ...ca.bundle, authorities: other }]);
    const verify = (against: X509BundleSet) => () => chains.verify(certificates, against, now);
    expect(verify(replaced)).toThrow(expect.objectContaining({ code: "untrusted-chain" }));
    expect(verify(new X509BundleSet([]))).toThrow(expect.objectContaining({ code: "no-bundle" }));
  });

  it("is known no longer than the first of its certificates is valid", () => {
    const chains = new VerifiedChains();
    const { certificates } = ca.svid("/web", { ttlSeconds: 60 });
    chains.verify(certificates, bundles, now);
    const at = (time: number) => () => chains.verify(certificates, bundles, time);
    expect(at(now + 59_000)).not.toThrow();
    expect(at(now + 61_000)).toThrow(expect.objectContaining({ code: "certificate-expired" }));
    expect(at(now - 60_000)).toThrow(expect.objectContaining({ code: "certificate-not-yet-valid" }));
    expect(at(Number.NaN)).toThrow();
  });

  it("is another one with another intermediate", () => {
    const chains = new VerifiedChains();
    const { certificates } = ca.intermediate().svid("/web");
    chains.verify(certificates, bundles, now);
    expect(() => chains.verify(certificates.slice(0, 1), bundles, now)).toThrow(
      expect.objectContaining({ code: "untrusted-chain" }),
    );
  });

  it("that was refused is judged anew", () => {
    const chains = new VerifiedChains();
    const { certificates } = ca.svid("/web");
    expect(() => chains.verify(certificates, new X509BundleSet([]), now)).toThrow();
    expect(`${chains.verify(certificates, bundles, now).id}`).toBe("spiffe://homelab.internal/web");
  });
});
