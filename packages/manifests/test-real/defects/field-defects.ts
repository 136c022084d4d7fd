import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import { makeValue, NoValue } from "../generate/make-value.ts";
import { isMapping, type Schema } from "../generate/schema.ts";
import type { Damaged, Defect } from "./defect.ts";
import { misspell } from "./misspell.ts";
import { isField, renamed, type Site, withValue } from "./sites.ts";

/** What may be wrong about which fields a mapping has. */
export const fieldDefects: { readonly [name: string]: Defect } = {
  "misspelt field": {
    fits: (site) => isField(site) && site.parent?.properties?.[String(site.path.at(-1))] !== undefined,
    damage: (object, { path, parent }, random) => {
      const was = String(path.at(-1));
      const is = misspell(was, random);
      if (parent?.properties?.[is] !== undefined) return undefined;
      return { object: renamed(object, path, is), typo: { was, is } };
    },
  },
  "unknown field": {
    fits: ({ value }) => isMapping(value),
    damage: (object, { path, value }, random) => {
      const name = random.pick(["zzz", "enabled", "spec", "metadata", "kind", "a/b", ""]);
      if (name in (value as object)) return undefined;
      return { object: withValue(object, [...path, name], random.pick<unknown>(["a", {}, 1])) };
    },
  },
  "missing field": {
    fits: ({ value, schema }) => isMapping(value) && (schema.required ?? []).some((name) => name in value),
    damage: (object, { value, path, schema }, random) => {
      const name = random.pick((schema.required ?? []).filter((each) => each in (value as object)));
      return path.length === 0 && isHead(name) ? undefined : { object: withValue(object, [...path, name], undefined) };
    },
  },
  "one more field": {
    fits: ({ value, schema, path }) => path.length > 0 && isMapping(value) && schema.properties !== undefined,
    damage: (object, site, random) => {
      const absent = Object.keys(site.schema.properties ?? {}).filter((name) => !(name in (site.value as object)));
      return absent.length === 0 ? undefined : added(object, site, random.pick(absent), random);
    },
  },
  "wrong level": {
    fits: (site) => isField(site) && site.path.length > 1,
    damage: (object, { path, value }) => {
      const target = [...path.slice(0, -2), path.at(-1) ?? ""];
      if (typeof path.at(-2) === "number" || (path.length === 2 && isHead(String(path.at(-1))))) return undefined;
      return { object: withValue(withValue(object, path, undefined), target, value) };
    },
  },
  "null in optional field": {
    fits: ({ value, schema }) => isMapping(value) && schema.properties !== undefined,
    damage: (object, { path, value, schema }, random) => {
      const absent = Object.keys(schema.properties ?? {}).filter((name) => !(name in (value as object)));
      return absent.length === 0 || path.length === 0
        ? undefined
        : { object: withValue(object, [...path, random.pick(absent)], null) };
    },
  },
  "too many or few fields": {
    fits: ({ value, schema }) => isMapping(value) && (schema.maxProperties ?? schema.minProperties) !== undefined,
    damage: (object, site, random) => {
      const { value, schema, path } = site;
      const names = Object.keys(schema.properties ?? { a: 1, b: 1, c: 1 }).filter(
        (name) => !(name in (value as object)),
      );
      if (random.chance(0.3) || names.length === 0) return { object: withValue(object, path, {}) };
      return added(object, site, random.pick(names), random);
    },
  },
  "broken condition": {
    fits: ({ value, schema }) =>
      isMapping(value) && [schema.oneOf, schema.anyOf, schema.not].some((each) => each !== undefined),
    damage: (object, site, random) => {
      const branches = [
        ...(site.schema.oneOf ?? []),
        ...(site.schema.anyOf ?? []),
        ...(site.schema.not ? [site.schema.not] : []),
      ];
      const names = branches.flatMap((branch) => [...(branch.required ?? []), ...Object.keys(branch.properties ?? {})]);
      if (names.length === 0) return undefined;
      const name = random.pick(names);
      if (name in (site.value as object))
        return { object: withValue(object, [...site.path, name], random.chance(0.5) ? undefined : null) };
      return added(object, site, name, random);
    },
  },
};

function added(object: KubeObject, { path, schema }: Site, name: string, random: Random): Damaged | undefined {
  const extra = schema.additionalProperties;
  const field: Schema = schema.properties?.[name] ?? (typeof extra === "object" ? extra : {});
  try {
    return { object: withValue(object, [...path, name], makeValue(field, random, 6)) };
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

function isHead(name: string): boolean {
  return ["apiVersion", "kind", "metadata"].includes(name);
}
