import { SopsError } from "../errors.ts";
import { formatKeyPath } from "../internal/position.ts";
import { formatFloat, type Scalar } from "../internal/scalar.ts";

/** A value in a format whose values are all strings. */
export function flatScalar(scalar: Scalar, path: readonly (string | number)[]): string {
  switch (scalar.type) {
    case "str":
    case "time":
      return scalar.value;
    case "int":
    case "bool":
      return String(scalar.value);
    case "float":
      return formatFloat(scalar.value);
    case "null":
      throw unsupported("null", path);
  }
}

export function unsupported(what: string, path: readonly (string | number)[]): SopsError {
  const at = formatKeyPath(path);
  return new SopsError("unsupported-value", `this format cannot hold ${what}${at === "" ? "" : ` (at ${at})`}`, {
    path: at,
  });
}
