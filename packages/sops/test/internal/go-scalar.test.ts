import { expect, test } from "vitest";
import { resolvePlain } from "../../src/internal/go-scalar.ts";
import { formatFloat, scalarBytes } from "../../src/internal/scalar.ts";

/** Each row was read back from go-yaml v3.0.4, the parser of sops. */
test.each([
  ["0777", "int", "511"],
  ["0o17", "int", "15"],
  ["-0b11", "int", "-3"],
  ["0xFF", "int", "255"],
  ["1_000", "int", "1000"],
  ["+1", "int", "1"],
  ["09", "float", "9"],
  ["1.", "float", "1"],
  [".5e3", "float", "500"],
  ["1e21", "float", "1000000000000000000000"],
  ["1e-7", "float", "0.0000001"],
  ["-0.0", "float", "-0"],
  ["1e999", "str", "1e999"],
  ["99999999999999999999", "float", "100000000000000000000"],
  ["0xffffffffffffffffff", "str", "0xffffffffffffffffff"],
  ["-.Inf", "float", "-Inf"],
  [".nan", "float", "NaN"],
  ["yes", "str", "yes"],
  ["n", "str", "n"],
  ["TRUE", "bool", "True"],
  ["1:30", "str", "1:30"],
  ["2024-1-2", "time", "2024-01-02T00:00:00Z"],
  ["2024-02-30", "str", "2024-02-30"],
  ["2024-01-02 03:04:05.120", "time", "2024-01-02T03:04:05.12Z"],
  ["2024-01-02t3:4:5-00:00", "time", "2024-01-02T03:04:05Z"],
  ["2024-01-02T03:04:05+02:30", "time", "2024-01-02T03:04:05+02:30"],
  ["2024-01-02 03:04:05Z", "str", "2024-01-02 03:04:05Z"],
  ["~", "null", ""],
  ["NULL", "null", ""],
  ["nULL", "str", "nULL"],
])("%s is %s %s", (source, type, bytes) => {
  const scalar = resolvePlain(source);
  expect([scalar.type, scalarBytes(scalar).toString()]).toEqual([type, bytes]);
});

test("an unsigned integer beyond 2^63 is refused, as sops refuses it", () => {
  expect(() => resolvePlain("18446744073709551615")).toThrow();
  expect(() => resolvePlain("0xffffffffffffffff")).toThrow();
});

test("floats are written without exponent and read back the same", () => {
  for (const value of [5e-324, 1.7976931348623157e308, 123456789.125, 1e21, -1e-9, 0.1]) {
    expect(formatFloat(value)).not.toContain("e");
    expect(Number(formatFloat(value))).toBe(value);
  }
});
