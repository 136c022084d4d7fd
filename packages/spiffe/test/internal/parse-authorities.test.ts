import { expect, test } from "vitest";
import { TooManyCertificates } from "../../src/internal/x509/der-certificates.ts";
import { parseAuthorities } from "../../src/internal/x509/parse-authorities.ts";
import { TestCa } from "../../src/testing/index.ts";

const bytes = (...names: string[]): Uint8Array =>
  Buffer.concat(names.flatMap((name) => new TestCa(name).bundle.authorities.map(({ raw }) => raw)));

test("the same bytes are the same certificates, whoever holds them", () => {
  const bundle = bytes("one.internal");
  expect(parseAuthorities(Buffer.from(bundle), 10)).toBe(parseAuthorities(Buffer.from(bundle), 10));
  expect(parseAuthorities(bundle, 10)).not.toBe(parseAuthorities(bytes("one.internal"), 10));
});

test("nobody can change them for others", () => {
  const authorities = parseAuthorities(bytes("one.internal"), 10);
  expect(() => (authorities as unknown[]).pop()).toThrow(TypeError);
});

test("a lower limit counts for a bundle that is known", () => {
  const bundle = bytes("one.internal", "two.internal");
  expect(parseAuthorities(bundle, 2)).toHaveLength(2);
  expect(() => parseAuthorities(bundle, 1)).toThrow(TooManyCertificates);
});

test("bytes that do not parse are not remembered as something that does", () => {
  const bundle = bytes("one.internal");
  const half = bundle.subarray(0, bundle.length - 1);
  for (let round = 0; round < 2; round += 1) expect(() => parseAuthorities(half, 10)).toThrow();
});
