import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DerError } from "../../src/internal/der/reader.ts";
import * as der from "../../src/internal/der/writer.ts";
import { keyFault, signatureFault } from "../../src/internal/x509/algorithms.ts";
import { newKeyPair } from "../../src/internal/x509/mint.ts";

const NULL = der.element(0x05);
const algorithm = (oid: string, ...parameters: Buffer[]): Buffer => der.sequence(der.oid(oid), ...parameters);
const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
const rsa = (modulus: Buffer, exponent: Buffer | number): Buffer =>
  der.sequence(
    algorithm("1.2.840.113549.1.1.1", NULL),
    der.bitString(der.sequence(der.integer(modulus), der.integer(exponent))),
  );
const modulus = (bits: number): Buffer => {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  bytes[0] = 0xff >> (bytes.length * 8 - bits);
  return bytes;
};
const code = (fault: { readonly code: string } | undefined): string => fault?.code ?? "fine";

describe("keys", () => {
  it("RSA by its size and exponent", () => {
    expect(code(keyFault(rsa(modulus(2048), 65_537)))).toBe("fine");
    expect(code(keyFault(rsa(modulus(8192), 3)))).toBe("fine");
    expect(code(keyFault(rsa(modulus(2047), 65_537)))).toBe("weak-key");
    expect(code(keyFault(rsa(modulus(8193), 65_537)))).toBe("unsupported-algorithm");
    for (const exponent of [1, 2, 65_536]) expect(code(keyFault(rsa(modulus(2048), exponent)))).toBe("weak-key");
    expect(code(keyFault(rsa(modulus(2048), 0x1_0000_0001)))).toBe("unsupported-algorithm");
    expect(code(keyFault(spki(newKeyPair("rsa-1024").publicKey)))).toBe("weak-key");
  });

  it.each([
    ["P-256", "fine"],
    ["P-384", "fine"],
    ["P-521", "fine"],
    ["prime192v1", "weak-key"],
    ["secp224r1", "weak-key"],
    ["secp256k1", "unsupported-algorithm"],
    ["brainpoolP256r1", "unsupported-algorithm"],
  ])("%s: %s", (namedCurve, expected) => {
    expect(code(keyFault(spki(generateKeyPairSync("ec", { namedCurve }).publicKey)))).toBe(expected);
  });

  it("Ed25519, and nothing else of its family", () => {
    expect(code(keyFault(spki(generateKeyPairSync("ed25519").publicKey)))).toBe("fine");
    for (const type of ["ed448", "x25519"] as const) {
      const { publicKey } = type === "ed448" ? generateKeyPairSync("ed448") : generateKeyPairSync("x25519");
      expect(code(keyFault(spki(publicKey)))).toBe("unsupported-algorithm");
    }
  });

  it("no curve that is spelled out in place of a name", () => {
    const explicit = der.sequence(der.integer(1));
    const key = der.sequence(algorithm("1.2.840.10045.2.1", explicit), der.bitString(Buffer.alloc(65, 4)));
    expect(code(keyFault(key))).toBe("unsupported-algorithm");
    expect(code(keyFault(der.sequence(algorithm("1.2.840.10045.2.1"), der.bitString(Buffer.alloc(65)))))).toBe(
      "unsupported-algorithm",
    );
  });
});

describe("what is no key", () => {
  const EC = "1.2.840.10045.2.1";
  const P256 = der.oid("1.2.840.10045.3.1.7");
  const point = (...bytes: Buffer[]): Buffer => der.bitString(Buffer.concat(bytes));

  it.each<[string, Buffer]>([
    ["no bits", der.sequence(algorithm("1.3.101.112"))],
    ["bytes in place of bits", der.sequence(algorithm("1.3.101.112"), der.octetString(Buffer.alloc(32)))],
    ["two sets of parameters", der.sequence(algorithm(EC, P256, NULL), point(Buffer.of(4), Buffer.alloc(64)))],
    [
      "half an RSA key",
      der.sequence(algorithm("1.2.840.113549.1.1.1", NULL), der.bitString(der.sequence(der.integer(3)))),
    ],
    ["a negative modulus", rsaParts(Buffer.from("0201ff", "hex"), der.integer(3))],
    ["an empty exponent", rsaParts(der.integer(modulus(2048)), Buffer.from("0200", "hex"))],
    ["a modulus of another type", rsaParts(der.octetString(modulus(2048)), der.integer(3))],
  ])("%s", (_, bytes) => {
    expect(() => keyFault(bytes)).toThrow(DerError);
  });

  it("a point is written whole: not compressed, of the length of its curve", () => {
    const verdictOf = (...bytes: Buffer[]): string =>
      code(keyFault(der.sequence(algorithm(EC, P256), point(...bytes))));
    expect(verdictOf(Buffer.of(4), Buffer.alloc(64))).toBe("fine");
    expect(verdictOf(Buffer.of(2), Buffer.alloc(32))).toBe("unsupported-algorithm");
    expect(verdictOf(Buffer.of(4), Buffer.alloc(63))).toBe("unsupported-algorithm");
    expect(verdictOf(Buffer.of(6), Buffer.alloc(64))).toBe("unsupported-algorithm");
    expect(verdictOf()).toBe("unsupported-algorithm");
  });

  function rsaParts(...parts: Buffer[]): Buffer {
    return der.sequence(algorithm("1.2.840.113549.1.1.1", NULL), der.bitString(der.sequence(...parts)));
  }
});

describe("signatures", () => {
  const pss = (hash: string, salt: number, mask = hash): Buffer => {
    const hashed = (oid: string): Buffer => algorithm(oid, NULL);
    return algorithm(
      "1.2.840.113549.1.1.10",
      der.sequence(
        der.context(0, true, hashed(hash)),
        der.context(1, true, algorithm("1.2.840.113549.1.1.8", hashed(mask))),
        der.context(2, true, der.integer(salt)),
      ),
    );
  };
  const SHA256 = "2.16.840.1.101.3.4.2.1";
  const SHA384 = "2.16.840.1.101.3.4.2.2";
  const SHA512 = "2.16.840.1.101.3.4.2.3";

  it.each<[string, Buffer, string]>([
    ["RSA with SHA-256", algorithm("1.2.840.113549.1.1.11", NULL), "fine"],
    ["RSA with SHA-256, parameters absent (RFC 4055 §5)", algorithm("1.2.840.113549.1.1.11"), "fine"],
    ["RSA with SHA-512", algorithm("1.2.840.113549.1.1.13", NULL), "fine"],
    ["ECDSA with SHA-384", algorithm("1.2.840.10045.4.3.3"), "fine"],
    ["ECDSA with parameters", algorithm("1.2.840.10045.4.3.2", NULL), "unsupported-algorithm"],
    ["Ed25519", algorithm("1.3.101.112"), "fine"],
    ["RSASSA-PSS with SHA-256", pss(SHA256, 32), "fine"],
    ["RSASSA-PSS with SHA-384", pss(SHA384, 48), "fine"],
    ["RSASSA-PSS with SHA-512", pss(SHA512, 64), "fine"],
    ["RSASSA-PSS with two hashes", pss(SHA256, 32, SHA384), "unsupported-algorithm"],
    ["RSASSA-PSS with a short salt", pss(SHA256, 0), "unsupported-algorithm"],
    ["RSASSA-PSS with its default, SHA-1", algorithm("1.2.840.113549.1.1.10", der.sequence()), "unsupported-algorithm"],
    ["RSA with MD2", algorithm("1.2.840.113549.1.1.2", NULL), "weak-signature"],
    ["RSA with MD5", algorithm("1.2.840.113549.1.1.4", NULL), "weak-signature"],
    ["RSA with SHA-1", algorithm("1.2.840.113549.1.1.5", NULL), "weak-signature"],
    ["ECDSA with SHA-1", algorithm("1.2.840.10045.4.1"), "weak-signature"],
    ["DSA with SHA-1", algorithm("1.2.840.10040.4.3"), "weak-signature"],
    ["ECDSA with SHA-224", algorithm("1.2.840.10045.4.3.1"), "unsupported-algorithm"],
    ["nobody knows", algorithm("1.2.3.4"), "unsupported-algorithm"],
  ])("%s", (_, bytes, expected) => {
    expect(code(signatureFault(bytes))).toBe(expected);
  });
});
