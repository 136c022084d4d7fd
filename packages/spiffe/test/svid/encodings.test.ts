import type { X509Certificate } from "node:crypto";
import { type SpiffeError, TrustDomain, verifyX509Svid, X509BundleSet } from "@idstack/spiffe";
import { describe, expect, it } from "vitest";
import * as der from "../../src/internal/der/writer.ts";
import { newKeyPair } from "../../src/internal/x509/mint.ts";
import { extension, OIDS, rawAuthority, rawCertificate, sound } from "../fixtures/raw-certificate.ts";

const { basic, keyUsage, san } = sound;
const root = rawAuthority();
const trustDomain = TrustDomain.parse("homelab.internal");
const trust = (...authorities: X509Certificate[]) => new X509BundleSet([{ trustDomain, authorities }]);
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const name = (tag: number, content: string | Buffer): Buffer => der.element(tag, Buffer.from(content));
const ID = "spiffe://homelab.internal/web";

/** RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14. */
const POLICIES = { certificate: "2.5.29.32", mappings: "2.5.29.33", constraints: "2.5.29.36", inhibit: "2.5.29.54" };
const policy = der.sequence(der.sequence(der.oid("2.23.140.1.2.1")));
const mapped = der.sequence(der.context(0, false, Buffer.of(0)));
const mapping = der.sequence(der.sequence(der.oid("1.2.3.1"), der.oid("1.2.3.2")));
const lenient = (oid: string, value: Buffer): Buffer => extension(oid, value, Buffer.of());

/** `accepted` or the code of the refusal. */
function verdict(extensions: readonly Buffer[], options: { issuer?: typeof root; serial?: Buffer } = {}): string {
  const { issuer = root, ...rest } = options;
  const leaf = rawCertificate(extensions, { issuer: issuer.privateKey, key: newKeyPair().publicKey, ...rest });
  try {
    expect(`${verifyX509Svid([leaf], trust(issuer.certificate)).id}`).toBe(ID);
    return "accepted";
  } catch (error) {
    return (error as SpiffeError).code;
  }
}

describe("accepts every encoding that the standards allow", () => {
  it.each<[string, Buffer[]]>([
    ["the plain leaf", [basic, keyUsage, san]],
    ["no basic constraints", [keyUsage, san]],
    ["cA=FALSE spelled out", [extension(OIDS.basic, der.sequence(der.boolean(false))), keyUsage, san]],
    ["key usage of nine bits", [basic, extension(OIDS.keyUsage, der.namedBits([0, 8])), san]],
    ["key usage with zeros at its end", [basic, extension(OIDS.keyUsage, bytes("03020080")), san]],
    ["certificate policies, critical", [basic, keyUsage, san, extension(POLICIES.certificate, policy)]],
    ["policy constraints that are not critical", [basic, keyUsage, san, lenient(POLICIES.constraints, mapped)]],
    ["policy mappings that are not critical", [basic, keyUsage, san, lenient(POLICIES.mappings, mapping)]],
    [
      "names of other types beside the URI",
      [
        basic,
        keyUsage,
        extension(
          OIDS.san,
          der.sequence(
            name(0x81, "a@b.c"),
            name(0x82, "x.y"),
            name(0x87, bytes("7f000001")),
            name(0x86, ID),
            name(0x88, bytes("2a03")),
          ),
        ),
      ],
    ],
  ])("%s", (_, extensions) => {
    expect(verdict(extensions)).toBe("accepted");
  });

  it("a negative serial number: it identifies, nothing is computed with it", () => {
    expect(verdict([basic, keyUsage, san], { serial: bytes("0201ff") })).toBe("accepted");
  });
});

describe("refuses a leaf with", () => {
  it.each<[string, string, Buffer[]]>([
    ["bytes after the SAN", "certificate-malformed", [basic, keyUsage, extra(OIDS.san, names(ID))]],
    ["bytes after the key usage", "certificate-malformed", [basic, extra(OIDS.keyUsage, der.namedBits([0])), san]],
    ["the same extension twice", "certificate-malformed", [basic, keyUsage, san, san]],
    ["key usage twice, the second sound", "certificate-malformed", [basic, usage("03020104"), keyUsage, san]],
    ["a value between flag and content of an extension", "certificate-malformed", [basic, keyUsage, surplus()]],
    ["a critical flag of two bytes", "certificate-malformed", [basic, keyUsage, flagged("0102ffff")]],
    ["a critical flag without a byte", "certificate-malformed", [basic, keyUsage, flagged("0100")]],
    ["a critical flag that is neither 00 nor ff", "certificate-malformed", [basic, keyUsage, flagged("010101")]],
    ["cA=01", "certificate-malformed", [extension(OIDS.basic, bytes("3003010101")), keyUsage, san]],
    ["keyCertSign in the unused bits", "certificate-malformed", [basic, usage("03020784"), san]],
    ["eight unused bits", "certificate-malformed", [basic, usage("03020880"), san]],
    ["unused bits of nothing", "certificate-malformed", [basic, usage("030101"), san]],
    ["a key usage without a bit", "digital-signature-missing", [basic, usage("030100"), san]],
    ["a key usage that is an integer", "certificate-malformed", [basic, usage("020180"), san]],
    ["an indefinite length", "certificate-malformed", [basic, keyUsage, extension(OIDS.san, bytes("30800000"))]],
    ["a second URI in pieces", "certificate-malformed", [basic, keyUsage, extension(OIDS.san, pieces())]],
    [
      "a URI that is not ASCII",
      "certificate-malformed",
      [basic, keyUsage, extension(OIDS.san, names("spiffe://é/web"))],
    ],
    ["a NUL byte in the URI", "uri-san-not-spiffe", [basic, keyUsage, extension(OIDS.san, names(`${ID}\0.evil`))]],
    ["a newline in the URI", "uri-san-not-spiffe", [basic, keyUsage, extension(OIDS.san, names(`${ID}\n`))]],
    ["an empty URI", "uri-san-not-spiffe", [basic, keyUsage, extension(OIDS.san, names(""))]],
    ["an empty URI beside the ID", "uri-san-multiple", [basic, keyUsage, extension(OIDS.san, names(ID, ""))]],
    ["the same URI twice", "uri-san-multiple", [basic, keyUsage, extension(OIDS.san, names(ID, ID))]],
    ["the ID as a DNS name", "uri-san-missing", [basic, keyUsage, extension(OIDS.san, der.sequence(name(0x82, ID)))]],
    ["an empty SAN", "uri-san-missing", [basic, keyUsage, extension(OIDS.san, der.sequence())]],
    ["no extension", "uri-san-missing", []],
    [
      "critical policy constraints",
      "critical-extension",
      [basic, keyUsage, san, extension(POLICIES.constraints, mapped)],
    ],
    ["critical policy mappings", "critical-extension", [basic, keyUsage, san, extension(POLICIES.mappings, mapping)]],
    [
      "critical inhibitAnyPolicy",
      "critical-extension",
      [basic, keyUsage, san, extension(POLICIES.inhibit, der.integer(0))],
    ],
    ["anyExtendedKeyUsage alone", "extended-key-usage", [basic, keyUsage, san, eku("2.5.29.37.0")]],
    ["an empty extended key usage", "extended-key-usage", [basic, keyUsage, san, eku()]],
    ["client authentication only", "extended-key-usage", [basic, keyUsage, san, eku("1.3.6.1.5.5.7.3.2")]],
  ])("%s → %s", (_, code, extensions) => {
    expect(verdict(extensions)).toBe(code);
  });
});

describe("refuses what an authority with these basic constraints signed", () => {
  it.each([
    ["a negative path length", "30060101ff0201ff"],
    ["a path length without a byte", "30050101ff0200"],
    ["a path length of eight bytes", "300d0101ff02087fffffffffffffff"],
    ["a third value", "30090101ff020100020100"],
  ])("%s", (_, hex) => {
    const issuer = rawAuthority(bytes(hex));
    expect(verdict([basic, keyUsage, san], { issuer })).toBe("untrusted-chain");
  });
});

function names(...uris: string[]): Buffer {
  return der.sequence(...uris.map((uri) => name(0x86, uri)));
}

function extra(oid: string, value: Buffer): Buffer {
  return extension(oid, Buffer.concat([value, names("spiffe://homelab.internal/admin")]));
}

function usage(hex: string): Buffer {
  return extension(OIDS.keyUsage, bytes(hex));
}

function flagged(hex: string): Buffer {
  return extension(OIDS.san, names(ID), bytes(hex));
}

function surplus(): Buffer {
  return der.sequence(der.oid(OIDS.san), der.boolean(true), der.boolean(true), der.octetString(names(ID)));
}

function pieces(): Buffer {
  return der.sequence(name(0x86, ID), der.element(0xa6, name(0x16, "spiffe://homelab.internal/admin")));
}

function eku(...usages: string[]): Buffer {
  return extension(OIDS.eku, der.sequence(...usages.map(der.oid)));
}
