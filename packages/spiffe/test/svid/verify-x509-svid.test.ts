import type { X509Certificate } from "node:crypto";
import { SpiffeError, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { type SvidDefect, TestCa } from "@idstack/spiffe/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defectCodes } from "../fixtures/defects.ts";

const ca = new TestCa("homelab.internal");
const bundles = new X509BundleSet([ca.bundle]);

describe("accepts", () => {
  it("a leaf directly below the bundle's CA", () => {
    expect(`${verifyX509Svid(ca.svid("/web").certificates, bundles).id}`).toBe("spiffe://homelab.internal/web");
  });

  it("chains with intermediates, in any order, the root among them", () => {
    const { certificates } = ca.intermediate().intermediate().svid("/web");
    const [leaf, ...intermediates] = certificates;
    expect(intermediates).toHaveLength(2);
    verifyX509Svid([leaf, ...intermediates.reverse(), ...ca.bundle.authorities], bundles);
  });

  it("DNS names beside the URI and a subject", () => {
    verifyX509Svid(ca.svid("/web", { dnsNames: ["web.apps.svc"], subject: "web" }).certificates, bundles);
  });

  it("an empty subject with a critical SAN", () => {
    const [leaf] = ca.svid("/web").certificates;
    expect(leaf.subject).toBeUndefined();
    verifyX509Svid([leaf], bundles);
  });

  it("certificates as DER", () => {
    verifyX509Svid(
      ca.svid("/web").certificates.map(({ raw }) => raw),
      bundles,
    );
  });

  it("any of several CAs of the bundle, such as old and new during a rotation", () => {
    const next = new TestCa("homelab.internal");
    const authorities = [...ca.bundle.authorities, ...next.bundle.authorities];
    const both = new X509BundleSet([{ trustDomain: ca.trustDomain, authorities }]);
    verifyX509Svid(ca.svid("/web").certificates, both);
    verifyX509Svid(next.svid("/web").certificates, both);
  });
});

describe("rejects each defect with its own code", () => {
  it.each(Object.entries(defectCodes) as [SvidDefect, string][])("%s → %s", (defect, code) => {
    const error = rejection(() => verifyX509Svid(ca.svid("/web", { defect, subject: "broken" }).certificates, bundles));
    expect(error.code).toBe(code);
    expect(error.message).toContain("broken");
    expect(error.section).toMatch(/^(X509-SVID|RFC 5280) §/);
    expect(error.message).toContain(error.section);
  });

  it("a SAN that is not critical beside an empty subject", () => {
    expect(
      rejection(() => verifyX509Svid(ca.svid("/web", { defect: "san-not-critical" }).certificates, bundles)).code,
    ).toBe("san-not-critical");
  });

  it.each([
    ["not-ca", "issuer-not-ca"],
    ["no-cert-sign", "issuer-cert-sign"],
    ["expired", "certificate-expired"],
  ] as const)("an intermediate: %s → %s", (defect, code) => {
    expect(rejection(() => verifyX509Svid(ca.intermediate({ defect }).svid("/web").certificates, bundles)).code).toBe(
      code,
    );
  });

  it("more intermediates than the path length allows", () => {
    const { certificates } = ca.intermediate({ defect: "path-length-zero" }).intermediate().svid("/web");
    expect(rejection(() => verifyX509Svid(certificates, bundles)).code).toBe("path-length");
  });

  it("an intermediate that is not sent along", () => {
    const [leaf] = ca.intermediate().svid("/web").certificates;
    expect(rejection(() => verifyX509Svid([leaf], bundles)).code).toBe("untrusted-chain");
  });

  it("a CA that left the bundle", () => {
    const empty = new X509BundleSet([{ trustDomain: ca.trustDomain, authorities: [] }]);
    expect(rejection(() => verifyX509Svid(ca.svid("/web").certificates, empty)).code).toBe("untrusted-chain");
  });

  it("no certificate, bytes that are none, and a chain without end", () => {
    expect(rejection(() => verifyX509Svid([], bundles)).code).toBe("no-certificate");
    expect(rejection(() => verifyX509Svid([Buffer.from("3003020101", "hex")], bundles)).code).toBe(
      "certificate-malformed",
    );
    const { certificates } = ca.svid("/web");
    expect(rejection(() => verifyX509Svid(Array(17).fill(certificates[0]), bundles)).code).toBe("chain-too-long");
  });
});

describe("trust domains are never merged", () => {
  const other = new TestCa("other.internal");
  const both = new X509BundleSet([ca.bundle, other.bundle]);

  it("a member of a federated trust domain verifies with its own bundle", () => {
    expect(verifyX509Svid(other.svid("/web").certificates, both).id.trustDomain.name).toBe("other.internal");
  });

  it("without a bundle for the peer's trust domain it is untrusted", () => {
    expect(rejection(() => verifyX509Svid(other.svid("/web").certificates, bundles)).code).toBe("no-bundle");
  });

  it("a CA of one trust domain cannot issue for another", () => {
    // other's CA signs an ID of homelab.internal, and both CAs are known.
    const forged = other.svid("/web", { uri: "spiffe://homelab.internal/web" });
    expect(rejection(() => verifyX509Svid(forged.certificates, both)).code).toBe("untrusted-chain");
  });
});

it("judges validity by the given clock", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");
  const { certificates } = ca.svid("/web", { now, ttlSeconds: 60 });
  expect(rejection(() => verifyX509Svid(certificates, bundles)).code).toBe("certificate-not-yet-valid");
  verifyX509Svid(certificates, bundles, { now: now + 60_000 });
  expect(rejection(() => verifyX509Svid(certificates, bundles, { now: now + 60_001 })).code).toBe(
    "certificate-expired",
  );
});

it("a flipped bit anywhere never verifies as somebody else and never crashes", () => {
  const [leaf] = ca.svid("/web").certificates;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: leaf.raw.length * 8 - 1 }), (bit) => {
      const bytes = Buffer.from(leaf.raw);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => verifyX509Svid([bytes], bundles)).toThrow(SpiffeError);
    }),
    { numRuns: 400 },
  );
});

it("crossed and repeated intermediates end in bounded time", () => {
  const loop = Array.from({ length: 14 }, () => ca.intermediate().svid("/x").certificates[1] as X509Certificate);
  const unrelated = new TestCa("homelab.internal").intermediate().svid("/web");
  expect(rejection(() => verifyX509Svid([unrelated.certificates[0], ...loop], bundles)).code).toMatch(
    /bad-signature|untrusted-chain/,
  );
});

function rejection(act: () => unknown): SpiffeError {
  try {
    act();
  } catch (error) {
    if (error instanceof SpiffeError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
