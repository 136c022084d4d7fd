import type { Scalar } from "./scalar.ts";

/** A value as sops shows it where everything is text: in environments, and in decrypted dotenv and INI files. */
export function displayScalar(scalar: Exclude<Scalar, { readonly type: "null" }>): string {
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
