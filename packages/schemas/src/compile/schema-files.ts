import type { CompactSchema, GroupVersionSchemas } from "../format.ts";
import { META, type SchemaModule } from "./internal/model.ts";
import { typesFiles } from "./internal/types-files.ts";

const HEADER = "// Written by idstack schemas add from CustomResourceDefinitions. Do not edit.\n";

/**
 * The text of every file of a folder of schemas: for each group version `<group>/<version>.json` and, with its types,
 * `<group>/<version>.d.ts`. Deterministic, and each kind on a line of its own, so that a difference says what changed.
 *
 * @returns path within the folder → text.
 * @example
 * ```ts
 * import { loadGroupVersion } from "@idstack/schemas";
 * import { schemaFiles } from "@idstack/schemas/compile";
 * const files = schemaFiles(["kro.run/v1alpha1"].flatMap((apiVersion) => loadGroupVersion(apiVersion) ?? []));
 * console.log([...files.keys()]); // [ 'kro.run/v1alpha1.json', 'kro.run/v1alpha1.d.ts', 'meta/v1.d.ts' ]
 * ```
 */
export function schemaFiles(groupVersions: readonly GroupVersionSchemas[]): Map<string, string> {
  const files = new Map<string, string>();
  const meta = new Map<string, CompactSchema>();
  const modules = groupVersions.map(({ apiVersion, kinds, definitions }): SchemaModule => {
    const own = Object.entries(definitions).filter(([name]) => !name.includes("."));
    for (const [name, schema] of Object.entries(definitions)) if (name.includes(".")) meta.set(name, schema);
    return { apiVersion, kinds: new Map(Object.entries(kinds)), definitions: new Map(own) };
  });
  for (const each of groupVersions) files.set(`${each.apiVersion}.json`, fileText(each));
  const sorted = new Map([...meta].sort(([a], [b]) => (a < b ? -1 : 1)));
  const shared: SchemaModule[] = meta.size === 0 ? [] : [{ apiVersion: META, kinds: new Map(), definitions: sorted }];
  for (const [apiVersion, text] of typesFiles([...modules, ...shared], HEADER)) files.set(`${apiVersion}.d.ts`, text);
  return files;
}

/**
 * Reads the text of a `.json` file that {@link schemaFiles} made.
 *
 * @returns `undefined` if it is none.
 * @example
 * ```ts
 * import { parseSchemaFile } from "@idstack/schemas/compile";
 * console.log(parseSchemaFile("{}")); // undefined
 * ```
 */
export function parseSchemaFile(text: string): GroupVersionSchemas | undefined {
  try {
    const file: unknown = JSON.parse(text);
    const { groupVersion, kinds, definitions } = (isMapping(file) ? file : {}) as Partial<SchemaFile>;
    if (typeof groupVersion !== "string" || !isMapping(kinds) || !isMapping(definitions)) return undefined;
    if (!Object.values(kinds).every((kind) => isMapping(kind) && isMapping(kind["schema"]))) return undefined;
    return { apiVersion: groupVersion, kinds, definitions };
  } catch {
    return undefined;
  }
}

/** Not `apiVersion`: programs that look for manifests take a file with that for one. */
interface SchemaFile extends Omit<GroupVersionSchemas, "apiVersion"> {
  readonly groupVersion: string;
}

function fileText({ apiVersion, kinds, definitions }: GroupVersionSchemas): string {
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, value]) => `\n    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(",");
  const section = (name: string, entries: object): string => `  ${JSON.stringify(name)}: {${lines(entries)}\n  }`;
  const head = `  "groupVersion": ${JSON.stringify(apiVersion)}`;
  return `{\n${[head, section("kinds", kinds), section("definitions", definitions)].join(",\n")}\n}\n`;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
