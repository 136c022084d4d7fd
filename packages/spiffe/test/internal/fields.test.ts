import type { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { childrenOf, readElement, readOid, readTime, TAG } from "../../src/internal/der/reader.ts";
import * as der from "../../src/internal/der/writer.ts";
import { readExtensions, readSubjectKeyId } from "../../src/internal/x509/extensions.ts";
import { fieldsOf } from "../../src/internal/x509/fields.ts";
import { newKeyPair } from "../../src/internal/x509/mint.ts";

const ALGORITHM = der.sequence(der.oid("1.2.840.10045.4.3.2"));
const NAME = der.sequence(der.set(der.sequence(der.oid("2.5.4.3"), der.utf8String("name"))));
const VALIDITY = der.sequence(der.time(new Date(0)), der.time(new Date(1e12)));
const KEY = newKeyPair().publicKey.export({ type: "spki", format: "der" });
const VERSION = der.context(0, true, der.integer(2));
const SIGNATURE = der.bitString(Buffer.of(0));
const sound = [VERSION, der.integer(1), ALGORITHM, NAME, VALIDITY, NAME, KEY];
/** A certificate with one part in place of another, whether or not OpenSSL would read it. */
const withPart = (at: number, ...parts: Buffer[]): Buffer => der.sequence(...sound.toSpliced(at, 1, ...parts));
const read = (tbs: Buffer, ...rest: Buffer[]) =>
  fieldsOf({ raw: der.sequence(tbs, ...(rest.length > 0 ? rest : [ALGORITHM, SIGNATURE])) } as X509Certificate);

it("reads a certificate without extensions", () => {
  expect(read(der.sequence(...sound))).toMatchObject({
    version: 3,
    notAfter: 1e12,
    selfIssued: true,
    keyFault: undefined,
  });
});

describe("names what a certificate lacks", () => {
  it.each<[string, Buffer]>([
    ["truncated certificate", der.sequence(...sound.slice(0, 6))],
    ["truncated certificate", withPart(1, der.octetString(Buffer.of(1)))],
    ["truncated certificate", withPart(3, der.set())],
    ["truncated certificate", withPart(5, der.octetString(Buffer.of(1)))],
    ["an empty part of a name", withPart(3, der.sequence(der.set()))],
    ["no attribute of a name", withPart(3, der.sequence(der.set(der.sequence(der.oid("2.5.4.3")))))],
    ["expected an OID", withPart(5, der.sequence(der.set(der.sequence(der.integer(1), der.integer(1)))))],
    ["no public key", withPart(6, der.sequence(ALGORITHM))],
  ])("%s", (message, tbs) => {
    expect(() => read(tbs)).toThrow(message);
  });

  it("three parts", () => {
    const tbs = der.sequence(...sound);
    for (const rest of [[ALGORITHM], [ALGORITHM, NAME], [ALGORITHM, SIGNATURE, SIGNATURE]]) {
      expect(() => read(tbs, ...rest)).toThrow("a certificate has three parts");
    }
  });
});

describe("names what an element lacks", () => {
  const extensions = (...parts: Buffer[]) =>
    readExtensions(readElement(der.context(3, true, der.sequence(der.sequence(der.oid("2.5.29.14"), ...parts)))));

  it.each<[string, () => unknown]>([
    ["multi-byte tags are not used in certificates", () => readElement(Buffer.from("1f0100", "hex"))],
    ["unsupported length form", () => readElement(Buffer.from("3080", "hex"))],
    ["unsupported length form", () => readElement(Buffer.from("30850000000000", "hex"))],
    ["expected tag 0x30", () => childrenOf(readElement(der.set()), TAG.sequence)],
    ["expected tag 0x30", () => childrenOf(undefined, TAG.sequence)],
    ["truncated OID", () => readOid(readElement(Buffer.from("06022a81", "hex")))],
    ["expected an OID", () => readOid(undefined)],
    ["expected a time", () => readTime(undefined)],
    ["expected a time", () => readTime(readElement(der.element(TAG.utcTime, Buffer.from("260101000000+0100"))))],
    ["extension 2.5.29.14 has no value", () => extensions()],
    ["extension 2.5.29.14 has no value", () => extensions(der.boolean(true))],
    ["extension 2.5.29.14 has no value", () => extensions(der.boolean(true), der.boolean(true), der.octetString(NAME))],
    ["no key identifier", () => readSubjectKeyId({ critical: false, value: readElement(der.integer(1)) })],
  ])("%s", (message, act) => {
    expect(act).toThrow(message);
  });
});
