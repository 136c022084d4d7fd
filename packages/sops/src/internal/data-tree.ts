import type { SopsMapping, SopsValue } from "../data.ts";
import { SopsError } from "../errors.ts";
import { isInt64 } from "./go-scalar.ts";
import { parseTimestamp } from "./go-time.ts";
import { formatKeyPath } from "./position.ts";
import { NULL, type Scalar, str } from "./scalar.ts";
import { elementsOf, entriesOf, type MapNode, type TreeNode } from "./tree.ts";

/** Plain data of a tree, without comments. */
export function toData(root: MapNode): SopsMapping {
  const data: Record<string, SopsValue> = {};
  for (const { key, value } of entriesOf(root)) define(data, key, dataOf(value));
  return data;
}

export function dataOf(node: TreeNode): SopsValue {
  if (node.kind === "map") return toData(node);
  if (node.kind === "list") return elementsOf(node).map((element) => dataOf(element.value));
  const scalar = node.scalar;
  if (scalar.type === "null") return null;
  if (scalar.type === "time") return new Date(scalar.value);
  if (scalar.type !== "int") return scalar.value;
  const number = Number(scalar.value);
  return Number.isSafeInteger(number) ? number : scalar.value;
}

/** The tree of plain data. Properties that are `undefined` are left out, as in JSON. */
export function fromData(data: unknown, path: readonly (string | number)[] = []): TreeNode {
  if (typeof data !== "object" || data === null || data instanceof Date) {
    return { kind: "leaf", scalar: scalarOf(data, path) };
  }
  if (Array.isArray(data)) {
    return {
      kind: "list",
      items: data.map((item, index) => ({ kind: "element", value: fromData(item, [...path, index]) })),
    };
  }
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw unsupported("an object with a class", path);
  return {
    kind: "map",
    items: Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => {
        if (!key.isWellFormed()) throw unsupported("a key with a lone surrogate", path);
        return { kind: "entry", key, value: fromData(value, [...path, key]) };
      }),
  };
}

function scalarOf(value: unknown, path: readonly (string | number)[]): Scalar {
  if (value === null) return NULL;
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw unsupported("a string with a lone surrogate", path);
    return str(value);
  }
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value) && !Object.is(value, -0))) {
    if (isInt64(BigInt(value))) return { type: "int", value: BigInt(value) };
    if (typeof value === "bigint") throw unsupported("an integer beyond 64 bits", path);
  }
  if (typeof value === "number") return { type: "float", value };
  if (value instanceof Date) {
    const time = Number.isNaN(value.getTime()) ? undefined : parseTimestamp(value.toISOString());
    if (time !== undefined) return { type: "time", value: time };
    throw unsupported("a date outside the years 0 to 9999", path);
  }
  throw unsupported(`a value of type ${typeof value}`, path);
}

function unsupported(what: string, path: readonly (string | number)[]): SopsError {
  const at = formatKeyPath(path);
  return new SopsError("unsupported-value", `${what} cannot be encrypted${at === "" ? "" : ` (at ${at})`}`, {
    path: at,
  });
}

/** `__proto__` is an ordinary key here. */
function define(target: Record<string, SopsValue>, key: string, value: SopsValue): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
