import { SopsError } from "../errors.ts";
import { formatKeyPath } from "../internal/position.ts";
import type { Scalar } from "../internal/scalar.ts";
import { elementsOf, entriesOf, type TreeNode } from "../internal/tree.ts";

const ESCAPED = /[<>&\u2028\u2029]/g;

/** A tree as sops writes it: tabs, `"key": value`, no comments. Lines after the first start with `pad`. */
export function emitJson(node: TreeNode, pad = "", indent = "\t", path: readonly (string | number)[] = []): string {
  if (node.kind === "leaf") return emitJsonScalar(node.scalar, path);
  const [open, close] = node.kind === "map" ? ["{", "}"] : ["[", "]"];
  const inner = pad + indent;
  const items =
    node.kind === "map"
      ? entriesOf(node).map(({ key, value }) => `${quoteJson(key)}: ${emitJson(value, inner, indent, [...path, key])}`)
      : elementsOf(node).map(({ value }, index) => emitJson(value, inner, indent, [...path, index]));
  if (items.length === 0) return open + close;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${pad}${close}`;
}

/** One value with Go's spelling: `1e+21`, `-0`, `\u003c`. */
export function emitJsonScalar(scalar: Scalar, path: readonly (string | number)[] = []): string {
  switch (scalar.type) {
    case "null":
      return "null";
    case "int":
    case "bool":
      return String(scalar.value);
    case "time":
    case "str":
      return quoteJson(scalar.value);
    case "float": {
      if (Number.isFinite(scalar.value)) return Object.is(scalar.value, -0) ? "-0" : String(scalar.value);
      const at = formatKeyPath(path);
      throw new SopsError("unsupported-value", `JSON has neither infinity nor NaN (at ${at})`, { path: at });
    }
  }
}

export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
