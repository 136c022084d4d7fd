import { SpiffeError, type VerificationLimits, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";

const ca = new TestCa("homelab.internal", { keyIdentifiers: false, name: "one" });
const { certificates } = ca.intermediate({ keyIdentifiers: false }).intermediate().svid("/ns/apps/sa/web");

function verdict(limits: VerificationLimits, authorities = ca.bundle.authorities): string {
  try {
    verifyX509Svid(certificates, new X509BundleSet([{ ...ca.bundle, authorities }]), { limits });
    return "accepted";
  } catch (error) {
    if (error instanceof SpiffeError) return error.code;
    throw error;
  }
}

describe("limits", () => {
  it("can be lowered, each with its own code", () => {
    expect(verdict({})).toBe("accepted");
    expect(verdict({ chainLength: 3 })).toBe("accepted");
    expect(verdict({ chainLength: 2 })).toBe("chain-too-long");
    expect(verdict({ idBytes: 40 })).toBe("accepted");
    expect(verdict({ idBytes: 39 })).toBe("id-too-long");
    expect(verdict({ signatures: 3 })).toBe("accepted");
    expect(verdict({ signatures: 2 })).toBe("too-many-signatures");
    expect(verdict({ uriSans: 1 })).toBe("accepted");
  });

  it("can be raised", () => {
    const many = new TestCa("homelab.internal", { defect: "many-uri-sans" });
    const bundles = new X509BundleSet([many.bundle]);
    const chain = many.svid("/web").certificates;
    expect(() => verifyX509Svid(chain, bundles)).toThrow(expect.objectContaining({ code: "too-many-uri-sans" }));
    verifyX509Svid(chain, bundles, { limits: { uriSans: 33 } });
  });

  it("hold for authorities of one name too, unless key identifiers tell them apart", () => {
    const strangers = Array.from({ length: 8 }, () => new TestCa("homelab.internal", { name: "one" }).certificate);
    expect(verdict({ signatures: 5 }, [...strangers, ca.certificate])).toBe("too-many-signatures");
    expect(verdict({}, [...strangers, ca.certificate])).toBe("accepted");
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is a caller's mistake", (chainLength) => {
    expect(() => verdict({ chainLength })).toThrow(TypeError);
  });
});
