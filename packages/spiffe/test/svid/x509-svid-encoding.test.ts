import { marshalX509Svid, parseX509Svid, SpiffeError, X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";

const ca = new TestCa("homelab.internal");
const svid = ca.intermediate().svid("/web");
const der = marshalX509Svid(svid);
const pem = marshalX509Svid(svid, "pem");
const bundles = new X509BundleSet([ca.bundle]);

describe("an X.509-SVID", () => {
  it.each<[string, string | Uint8Array, string | Uint8Array]>([
    ["DER", der.certificates, der.privateKey],
    ["PEM", pem.certificates, pem.privateKey],
    ["PEM as bytes", Buffer.from(pem.certificates), Buffer.from(pem.privateKey)],
    ["key and chain in one text", pem.privateKey + pem.certificates, pem.privateKey + pem.certificates],
    ["SEC1, as older tools write keys", pem.certificates, sec1()],
    ["commentary and blocks of other kinds", `# web\n${pem.certificates}${pem.privateKey}`, pem.privateKey],
  ])("survives %s", (_, certificates, privateKey) => {
    const read = parseX509Svid(certificates, privateKey, { bundles });
    expect(`${read.id}`).toBe("spiffe://homelab.internal/web");
    expect(read.certificates.map(String)).toEqual(svid.certificates.map(String));
    expect(read.privateKey.equals(svid.privateKey)).toBe(true);
  });

  it.each<[string, string | Uint8Array, string | Uint8Array, string]>([
    ["nothing", "", pem.privateKey, "no-certificate"],
    ["a key in place of the chain", pem.privateKey, pem.privateKey, "no-certificate"],
    ["half of the chain's bytes", der.certificates.subarray(0, -1), der.privateKey, "certificate-malformed"],
    ["a block without its end", pem.certificates.slice(0, -30), pem.privateKey, "certificate-malformed"],
    ["a key that is none", pem.certificates, "SECRET", "key-mismatch"],
    ["bytes of a key that is none", pem.certificates, Buffer.from("3003020101", "hex"), "key-mismatch"],
    ["the key of another", pem.certificates, marshalX509Svid(ca.svid("/web"), "pem").privateKey, "key-mismatch"],
    ["a CA", ...both("ca-flag"), "leaf-is-ca"],
    ["no path", ...both("no-path"), "root-path"],
    ["two URIs", ...both("two-uri-sans"), "uri-san-multiple"],
  ])("is refused for %s, and nothing of a key is told", (_, certificates, privateKey, code) => {
    const error = refusal(() => parseX509Svid(certificates, privateKey));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.cause}`).not.toMatch(/SECRET|PRIVATE KEY/);
  });

  it("is verified where there are bundles, and only read where there are none", () => {
    const [certificates, privateKey] = both("expired");
    expect(parseX509Svid(certificates, privateKey).id.path).toBe("/web");
    expect(refusal(() => parseX509Svid(certificates, privateKey, { bundles })).code).toBe("certificate-expired");
    const strangers = new X509BundleSet([new TestCa("homelab.internal").bundle]);
    expect(refusal(() => parseX509Svid(pem.certificates, pem.privateKey, { bundles: strangers })).code).toBe(
      "untrusted-chain",
    );
    const later = Date.now() + 7_200_000;
    expect(refusal(() => parseX509Svid(pem.certificates, pem.privateKey, { bundles, now: later })).code).toBe(
      "certificate-expired",
    );
  });
});

function both(defect: "ca-flag" | "no-path" | "two-uri-sans" | "expired"): [string, string] {
  const { certificates, privateKey } = marshalX509Svid(ca.svid("/web", { defect }), "pem");
  return [certificates, privateKey];
}

function sec1(): string {
  return String(svid.privateKey.export({ type: "sec1", format: "pem" }));
}

function refusal(act: () => unknown): SpiffeError {
  try {
    act();
  } catch (error) {
    if (error instanceof SpiffeError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
