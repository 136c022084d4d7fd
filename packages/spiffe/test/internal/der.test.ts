import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  childrenOf,
  DerError,
  readElement,
  readElements,
  readOid,
  readTime,
  TAG,
} from "../../src/internal/der/reader.ts";
import * as der from "../../src/internal/der/writer.ts";

describe("what the writer writes the reader reads", () => {
  it("elements of any length", () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(length, 7);
      const element = readElement(der.octetString(content));
      expect(element.tag).toBe(TAG.octetString);
      expect(Buffer.compare(element.content, content), String(length)).toBe(0);
    }
  });

  it("OIDs", () => {
    const arcs = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 39 }),
      fc.array(fc.nat(), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(arcs, ([first, second, rest]) => {
        const text = [first, second, ...rest].join(".");
        expect(readOid(readElement(der.oid(text)))).toBe(text);
      }),
    );
  });

  it("times before and after 2050, in the two forms of RFC 5280", () => {
    for (const text of [
      "1999-12-31T23:59:59Z",
      "2026-11-21T00:00:00Z",
      "2049-12-31T23:59:59Z",
      "2050-01-01T00:00:00Z",
    ]) {
      const element = readElement(der.time(new Date(text)));
      expect(element.tag).toBe(Number(text.slice(0, 4)) < 2050 ? TAG.utcTime : TAG.generalizedTime);
      expect(readTime(element)).toBe(Date.parse(text));
    }
  });

  it("integers stay positive and minimal", () => {
    expect(der.integer(0).toString("hex")).toBe("020100");
    expect(der.integer(128).toString("hex")).toBe("02020080");
    expect(der.integer(Buffer.from([0, 0, 1])).toString("hex")).toBe("020101");
  });

  it("named bits have no trailing zeros", () => {
    expect(der.namedBits([0]).toString("hex")).toBe("03020780");
    expect(der.namedBits([5, 6]).toString("hex")).toBe("03020106");
    expect(der.namedBits([]).toString("hex")).toBe("030100");
  });
});

describe("refuses what DER forbids", () => {
  it.each([
    ["nothing", ""],
    ["a tag alone", "30"],
    ["content that is cut off", "300401"],
    ["an indefinite length", "30800000"],
    ["a length in more bytes than needed", "308101ff"],
    ["a length with a leading zero", `30820080${"00".repeat(128)}`],
    ["a multi-byte tag", "1f8100"],
    ["a length of five bytes", "30850000000001ff"],
  ])("%s", (_, hex) => {
    expect(() => readElement(Buffer.from(hex, "hex"))).toThrow(DerError);
  });
});

it.each([
  "20260231000000Z",
  "20261301000000Z",
  "20260101240000Z",
  "20260101006000Z",
  "20260101000060Z",
  "20260001000000Z",
])("refuses the time %s", (text) => {
  expect(() => readTime(readElement(der.element(TAG.generalizedTime, Buffer.from(text))))).toThrow(DerError);
});

it.each(["06025580", "0603558001", "06028001", "0600"])("refuses the OID %s", (hex) => {
  expect(() => readOid(readElement(Buffer.from(hex, "hex")))).toThrow(DerError);
});

it("never does anything but return or throw DerError on arbitrary bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const read of [() => readElements(bytes), () => childrenOf(readElement(bytes), TAG.sequence)]) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
