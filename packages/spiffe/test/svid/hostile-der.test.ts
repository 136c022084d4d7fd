import type { X509Certificate } from "node:crypto";
import { SpiffeError, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenOf, DerError, readElement, TAG } from "../../src/internal/der/reader.ts";
import * as der from "../../src/internal/der/writer.ts";
import { parseCertificates } from "../../src/internal/x509/der-certificates.ts";
import { mutated } from "../fixtures/mutated-der.ts";

const LONG = process.env["IDSTACK_LONG"];
const runs = (usual: number): { numRuns: number } => ({ numRuns: LONG ? usual * 50 : usual });

const ca = new TestCa("homelab.internal");
const bundles = new X509BundleSet([ca.bundle]);
const constrained = ca.intermediate({ nameConstraints: { permitted: [{ uri: "homelab.internal" }, { dns: "svc" }] } });
const { certificates } = constrained.svid("/web", { dnsNames: ["web.svc"] });
const [leaf, intermediate] = certificates.map(({ raw }) => raw) as [Buffer, Buffer];

/** What verification says about bytes; anything but a verdict fails the test. */
function verdict(chain: readonly Uint8Array[], trust = bundles): string {
  try {
    return `${verifyX509Svid(chain, trust).id}`;
  } catch (error) {
    if (error instanceof SpiffeError) return error.code;
    throw error;
  }
}

it("bytes after a certificate, PEM, and certificates in pieces are none", () => {
  expect(verdict([leaf, intermediate])).toBe("spiffe://homelab.internal/web");
  const pem = Buffer.from(String(certificates[0]));
  for (const bytes of [Buffer.concat([leaf, Buffer.of(0)]), Buffer.concat([leaf, leaf]), pem, leaf.subarray(0, -1)]) {
    expect(verdict([bytes, intermediate])).toBe("certificate-malformed");
    expect(verdict([leaf, bytes])).toBe("certificate-malformed");
  }
});

describe("hostile DER", () => {
  const nested = (depth: number): Buffer => {
    let bytes: Buffer = der.sequence();
    for (let left = depth; left > 0; left -= 1) bytes = der.sequence(bytes);
    return bytes;
  };

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.of(0x30)],
    ["5,000 levels", nested(5000)],
    ["a length of 4 GiB", Buffer.from("3084ffffffff", "hex")],
    ["a length of 2^64", Buffer.from("3088ffffffffffffffff", "hex")],
    ["an indefinite length", Buffer.from("3080000000", "hex")],
    ["a length of 126 bytes", Buffer.concat([Buffer.from("30fe", "hex"), Buffer.alloc(126, 0xff)])],
    ["a tag without end", Buffer.alloc(100_000, 0x1f)],
    ["100,000 empty elements", der.sequence(Buffer.alloc(200_000, 0).fill("0500", "hex"))],
    ["an OID of 100,000 bytes", der.sequence(der.element(0x06, Buffer.alloc(100_000, 0xff)))],
    ["an extension whose OID is endless", withExtension(der.element(0x06, Buffer.alloc(50_000, 0x81)))],
    ["a million bytes of zeros", Buffer.alloc(1_000_000)],
  ])("%s is no certificate, told within a second of the processor", (_, bytes) => {
    const began = process.cpuUsage();
    expect(verdict([bytes])).toBe("certificate-malformed");
    expect(verdict([leaf, bytes])).toBe("certificate-malformed");
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(1_000_000);
  });

  it("in a bundle is refused with it", () => {
    for (const bytes of [nested(5000), Buffer.from("3084ffffffff", "hex"), Buffer.alloc(1000, 0x30)]) {
      expect(() => parseCertificates(bytes)).toThrow(Error);
    }
  });
});

it("a bit beyond the end of an authority's signature is no DER (X.690 §11.2.1)", () => {
  const bytes = Buffer.from(ca.certificate.raw);
  // OpenSSL reads it and clears the bit, which nobody signed: other bytes would be handed on than came in.
  const [, , signature] = childrenOf(readElement(bytes), TAG.sequence);
  signature?.content.set([1], 0);
  signature?.content.set([0xff], signature.content.length - 1);
  expect(() => parseCertificates(bytes)).toThrow("not DER");
});

it("a mutated leaf is never somebody, and never anything but a refusal", () => {
  fc.assert(
    fc.property(mutated(leaf), (bytes) => {
      fc.pre(!bytes.equals(leaf));
      expect(verdict([bytes, intermediate])).toMatch(/^[a-z0-9-]+$/);
    }),
    runs(400),
  );
});

it("a mutated intermediate vouches for nobody", () => {
  fc.assert(
    fc.property(mutated(intermediate), (bytes) => {
      fc.pre(!bytes.equals(intermediate));
      expect(verdict([leaf, bytes])).toMatch(/^[a-z0-9-]+$/);
    }),
    runs(400),
  );
});

it("a mutated bundle parses whole or not at all, and what it lets in is known", () => {
  const two = Buffer.concat([ca.certificate.raw, new TestCa("homelab.internal").certificate.raw]);
  fc.assert(
    fc.property(mutated(two), (bytes) => {
      let authorities: X509Certificate[];
      try {
        authorities = parseCertificates(bytes);
      } catch (error) {
        expect(error instanceof DerError || isOpenSsl(error), String(error)).toBe(true);
        return;
      }
      expect(Buffer.concat(authorities.map(({ raw }) => raw)).equals(bytes)).toBe(true);
      const trust = new X509BundleSet([{ trustDomain: ca.trustDomain, authorities }]);
      // Signed parts cannot have changed; the authority's own signature may.
      expect(verdict([leaf, intermediate], trust)).toMatch(/^([a-z0-9-]+|spiffe:\/\/homelab\.internal\/web)$/);
    }),
    runs(300),
  );
});

/** Node's own error for bytes that OpenSSL does not read. */
function isOpenSsl(error: unknown): boolean {
  return /^ERR_OSSL/.test(String((error as { code?: unknown }).code));
}

function withExtension(oid: Buffer): Buffer {
  const at = leaf.indexOf(Buffer.from("0603551d", "hex"));
  return Buffer.concat([leaf.subarray(0, at), oid, leaf.subarray(at + 5)]);
}
