import type { X509Certificate } from "node:crypto";
import { SpiffeError, verifyX509Svid, type X509Bundle, X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Authority, leafRequest, newRoot } from "../../src/internal/x509/authority.ts";
import { mintCertificate, newKeyPair } from "../../src/internal/x509/mint.ts";

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

describe("rejects", () => {
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

describe("rejects what stands on its own or on another leaf", () => {
  it("a leaf that the bundle holds itself", () => {
    const { certificates } = ca.svid("/web");
    const bundle = { trustDomain: ca.trustDomain, authorities: certificates };
    expect(rejection(() => verifyX509Svid(certificates, new X509BundleSet([bundle]))).code).toBe("untrusted-chain");
  });

  it("a self-signed leaf that the bundle holds itself", () => {
    const key = newKeyPair();
    const name = "lonely";
    const validity = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 60_000) };
    const issuer = { certificate: ca.svid("/x").certificates[0], privateKey: key.privateKey, name, chain: [] };
    const request = leafRequest(issuer, "spiffe://homelab.internal/web", key.publicKey, validity);
    const leaf = mintCertificate({ ...request, subject: name });
    const bundle = { trustDomain: ca.trustDomain, authorities: [leaf] };
    expect(rejection(() => verifyX509Svid([leaf], new X509BundleSet([bundle]))).code).toBe("issuer-not-ca");
  });

  it("a CA, of the bundle or below it, that is presented as a leaf", () => {
    const [root] = ca.bundle.authorities as [X509Certificate];
    const intermediate = ca.intermediate().svid("/x").certificates[1] as X509Certificate;
    for (const authority of [root, intermediate]) {
      expect(rejection(() => verifyX509Svid([authority], bundles)).code).toBe("root-path");
    }
  });

  it("a chain whose leaf does not come first", () => {
    const [leaf, intermediate] = ca.intermediate().svid("/web").certificates;
    expect(rejection(() => verifyX509Svid([intermediate as X509Certificate, leaf], bundles)).code).toBe("root-path");
  });
});

it("a clock without a time finds nothing valid", () => {
  expect(rejection(() => verifyX509Svid(ca.svid("/web").certificates, bundles, { now: Number.NaN })).code).toBe(
    "certificate-expired",
  );
});

it("judges validity by the given clock", () => {
  // In a year, on a whole second.
  const now = Math.ceil(Date.now() / 1000 + 31_536_000) * 1000;
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

it("the issuer's name counts, not its key alone", () => {
  const { publicKey, privateKey } = newKeyPair();
  const now = Date.now();
  const [root, twin] = ["root", "twin"].map((subject) =>
    newRoot(ca.trustDomain, now, { subject, issuer: subject, publicKey, signingKey: privateKey }),
  ) as [Authority, Authority];
  const issuer = { ...root, privateKey, name: "root" };
  const validity = { notBefore: new Date(now - 1000), notAfter: new Date(now + 60_000) };
  const leaf = mintCertificate(leafRequest(issuer, "spiffe://homelab.internal/web", newKeyPair().publicKey, validity));
  const bundle = (...authorities: Authority[]) =>
    new X509BundleSet([
      { trustDomain: ca.trustDomain, authorities: authorities.map(({ certificate }) => certificate) },
    ]);
  verifyX509Svid([leaf], bundle(twin, root));
  expect(rejection(() => verifyX509Svid([leaf], bundle(twin))).code).toBe("untrusted-chain");
  const below = mintCertificate({
    ...leafRequest(issuer, "spiffe://homelab.internal", publicKey, validity),
    subject: "twin",
  });
  expect(rejection(() => verifyX509Svid([leaf, below], bundle(twin))).code).toBe("untrusted-chain");
});

it("finds the right one among a hundred CAs of the same name", () => {
  const authorities = Array.from({ length: 100 }, () => new TestCa("homelab.internal").bundle.authorities[0]);
  const bundle = { trustDomain: ca.trustDomain, authorities: [...authorities, ...ca.bundle.authorities] };
  verifyX509Svid(ca.svid("/web").certificates, new X509BundleSet([bundle as X509Bundle]));
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
