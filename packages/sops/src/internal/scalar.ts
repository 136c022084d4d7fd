/** A leaf of a document with the type SOPS gives it. Integers are 64-bit, times keep their own text and offset. */
export type Scalar =
  | { readonly type: "str"; readonly value: string }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "time"; readonly value: string }
  | { readonly type: "null" };

export const NULL: Scalar = { type: "null" };

export function str(value: string): Scalar {
  return { type: "str", value };
}

/** The bytes of a leaf as SOPS encrypts them and feeds them to the MAC. Null has none: it is never touched. */
export function scalarBytes(scalar: Scalar): Buffer {
  switch (scalar.type) {
    case "str":
    case "time":
      return Buffer.from(scalar.value, "utf8");
    case "int":
      return Buffer.from(scalar.value.toString(), "utf8");
    case "float":
      return Buffer.from(formatFloat(scalar.value), "utf8");
    case "bool":
      return Buffer.from(scalar.value ? "True" : "False", "utf8");
    case "null":
      return Buffer.alloc(0);
  }
}

export function sameScalar(a: Scalar, b: Scalar): boolean {
  return a.type === b.type && scalarBytes(a).equals(scalarBytes(b));
}

/** Shortest decimal without an exponent, as Go's `FormatFloat(v, 'f', -1, 64)` prints it. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", first = "", rest = "", exponent = "0"] = match;
  const digits = first + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
