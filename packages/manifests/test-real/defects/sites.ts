import { isMapping, type Path, type Schema } from "../generate/schema.ts";

/** A value inside of an object, and what the schema says about it. */
export interface Site {
  readonly path: Path;
  readonly value: unknown;
  readonly schema: Schema;
  /** The schema of the mapping that holds it. */
  readonly parent: Schema | undefined;
}

/** It stands under a name, and not in a list. */
export function isField({ path }: Site): boolean {
  return typeof path.at(-1) === "string";
}

/** Every value of an object that its schema describes, the object itself first. */
export function sitesOf(value: unknown, schema: Schema, path: Path = [], parent?: Schema): Site[] {
  const own: Site = { path, value, schema, parent };
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? [own]
      : [own, ...value.flatMap((item, index) => sitesOf(item, items, [...path, index], schema))];
  }
  if (!isMapping(value)) return [own];
  const fields = Object.entries(value).flatMap(([name, field]) => {
    if (path.length === 0 && (name === "metadata" || name === "apiVersion" || name === "kind")) return [];
    const described = schema.properties?.[name] ?? schema.additionalProperties;
    return typeof described === "object" ? sitesOf(field, described, [...path, name], schema) : [];
  });
  return [own, ...fields];
}

/** A copy with another value at a path; `undefined` removes what is there. */
export function withValue<T>(root: T, path: Path, value: unknown): T {
  const [head, ...rest] = path;
  if (head === undefined) return value as T;
  if (Array.isArray(root)) {
    const items: unknown[] = [...root];
    if (rest.length === 0 && value === undefined) items.splice(Number(head), 1);
    else items[Number(head)] = withValue(items[Number(head)], rest, value);
    return items as T;
  }
  const fields: Record<string, unknown> = { ...(root as Record<string, unknown>) };
  const changed = withValue(fields[head], rest, value);
  if (changed === undefined) delete fields[head];
  else fields[head] = changed;
  return fields as T;
}

/** A copy in which a field has another name, at the same place among its neighbours. */
export function renamed<T>(root: T, path: Path, name: string): T {
  const holder = path.slice(0, -1);
  const old = String(path.at(-1));
  const mapping = holder.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], root);
  const fields = Object.entries(mapping as object).map(([key, field]) => [key === old ? name : key, field]);
  return withValue(root, holder, Object.fromEntries(fields));
}
