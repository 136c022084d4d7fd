import { SopsError } from "../errors.ts";
import { formatKeyPath } from "../internal/position.ts";
import type { Scalar } from "../internal/scalar.ts";
import { entriesOf, type MapNode } from "../internal/tree.ts";

/** Variables to set; undefined removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The values of a document as environment variables, in the spelling of sops. A `null` removes the variable unless
 * `nullAs` is given: sops writes `<nil>`.
 *
 * @throws {@link SopsError} `unsupported-value`
 */
export function environmentOf(root: MapNode, file: string | undefined, nullAs?: string): Variables {
  const entries = entriesOf(root).map(({ key, value }): [string, string | undefined] => {
    const refuse = (why: string) => {
      const path = formatKeyPath([key]);
      return new SopsError("unsupported-value", `${path} cannot be an environment variable: ${why}`, { file, path });
    };
    if (value.kind !== "leaf") throw refuse("it is a mapping or a list");
    if (/[=\0]/.test(key) || key === "") throw refuse("its name is empty, or has a = or a NUL in it");
    const text = textOf(value.scalar) ?? nullAs;
    // spawn() would quote the value in its own error.
    if (text?.includes("\0")) throw refuse("its value has a NUL in it");
    return [key, text];
  });
  return Object.fromEntries(entries);
}

function textOf(scalar: Scalar): string | undefined {
  if (scalar.type === "null") return undefined;
  if (scalar.type === "time") return scalar.value.replace(/\.\d+/, "");
  return scalar.type === "float" ? floatText(scalar.value) : String(scalar.value);
}

/** Go's `FormatFloat(v, 'G', -1, 64)`, with a fraction where it could be taken for an integer. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const sign = Object.is(value, -0) || value < 0 ? "-" : "";
  const [digits = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    return `${sign}${digits}E${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const plain = String(Math.abs(value));
  return sign + (plain.includes(".") ? plain : `${plain}.0`);
}
