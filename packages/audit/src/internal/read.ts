import { getAt, type KubeObject, type Path } from "@idstack/manifests";

/** A map of a document that may hold anything: an empty one when the value is no map, so that checks need no guards. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list of a document, empty when the value is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string of a document. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The map at a path. */
export function mapAt(object: KubeObject, ...path: Path): Readonly<Record<string, unknown>> {
  return mapOf(getAt(object, path));
}

/** The list at a path. */
export function listAt(object: KubeObject, ...path: Path): readonly unknown[] {
  return listOf(getAt(object, path));
}

/** The string at a path. */
export function textAt(object: KubeObject, ...path: Path): string | undefined {
  return textOf(getAt(object, path));
}

/** The items of the list at a path, each with the path that leads to it. */
export function* itemsAt(
  object: KubeObject,
  ...path: Path
): Generator<{ item: Readonly<Record<string, unknown>>; path: Path }> {
  for (const [index, item] of listAt(object, ...path).entries()) yield { item: mapOf(item), path: [...path, index] };
}

/** Every string below a value with the path to it, depth first. */
export function* stringsIn(value: unknown, path: Path = []): Generator<{ text: string; path: Path }> {
  if (typeof value === "string") yield { text: value, path };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index]);
  else for (const [key, item] of Object.entries(mapOf(value))) yield* stringsIn(item, [...path, key]);
}

/** Every entry of every map below a value with the path to it, depth first. */
export function* entriesIn(value: unknown, path: Path = []): Generator<{ key: string; path: Path }> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* entriesIn(item, [...path, index]);
  else {
    for (const [key, item] of Object.entries(mapOf(value))) {
      yield { key, path: [...path, key] };
      yield* entriesIn(item, [...path, key]);
    }
  }
}
