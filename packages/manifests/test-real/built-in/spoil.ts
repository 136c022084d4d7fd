import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import { misspell } from "../defects/misspell.ts";
import { renamed, withValue } from "../defects/sites.ts";
import { ALL_TEXTS } from "../generate/formats.ts";
import { isMapping, type Path } from "../generate/schema.ts";

/** A built-in object with one change. */
export interface Spoilt {
  readonly change: string;
  readonly path: Path;
  readonly object: KubeObject;
  readonly typo?: { readonly was: string; readonly is: string };
}

/** Every object that one change at one place makes of an object. */
export function spoil(object: KubeObject, random: Random): Spoilt[] {
  return pathsOf(object)
    .filter((path) => !ADDRESS.has(path.join(".")))
    .flatMap((path) => [...changedFields(object, path, random), ...changedValues(object, path, random)]);
}

/** Says where the object is sent to. */
const ADDRESS = new Set(["apiVersion", "kind", "metadata.namespace"]);

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.keys(value).flatMap((key) =>
      pathsOf((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function changedFields(object: KubeObject, path: Path, random: Random): Spoilt[] {
  const spoilt: Spoilt[] = [];
  const value = valueAt(object, path);
  const name = path.at(-1);
  if (typeof name === "string") {
    const is = misspell(name, random);
    spoilt.push({ change: "misspelt field", path, object: renamed(object, path, is), typo: { was: name, is } });
    spoilt.push({ change: "missing field", path, object: withValue(object, path, undefined) });
  }
  if (isMapping(value)) {
    const unknown = random.pick(["zzz", "enabled", "a/b", "Spec"]);
    spoilt.push({
      change: "unknown field",
      path,
      object: withValue(object, [...path, unknown], random.pick<unknown>(["a", {}, 1, null])),
    });
  }
  return spoilt;
}

const WRONG: readonly unknown[] = ["text", "1", 1, 1.5, true, {}, { a: 1 }, [], ["a"], [{}], [null]];
const NUMBERS = [0, -1, 1.5, 2 ** 31, 2 ** 53, 1e19, 65536];

function changedValues(object: KubeObject, path: Path, random: Random): Spoilt[] {
  if (path.length === 0) return [];
  const value = valueAt(object, path);
  const put = (change: string, other: unknown): Spoilt => ({ change, path, object: withValue(object, path, other) });
  const wrong = WRONG.filter((other) => kindOf(other) !== kindOf(value)).map((other) => put("wrong type", other));
  const odd: Spoilt[] = [put("null", null), put("extra nesting", random.chance(0.5) ? [value] : { value })];
  if (typeof value === "number")
    odd.push(put("number as text", String(value)), put("odd number", random.pick(NUMBERS)));
  if (typeof value === "string") odd.push(put("empty text", ""), put("odd text", random.pick(ALL_TEXTS)));
  if (Array.isArray(value)) odd.push(put("duplicate item", [...value, value[0]]), put("null item", [...value, null]));
  return [...wrong, ...odd];
}

function valueAt(object: KubeObject, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], object);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}
