import type { CompactSchema } from "../../format.ts";
import { lastPart, META, type SchemaModule } from "./model.ts";
import { fieldsText, type NameOf, typeText } from "./type-text.ts";

/** The text of the declaration file of every module, by apiVersion; `header` is its first line. */
export function typesFiles(modules: readonly SchemaModule[], header: string): Map<string, string> {
  const home = new Map(
    modules.flatMap((module) => [...module.definitions.keys()].map((name) => [name, module] as const)),
  );
  return new Map(modules.map((module) => [module.apiVersion, `${header}\n${typesFile(module, home)}`]));
}

function typesFile(module: SchemaModule, home: ReadonlyMap<string, SchemaModule>): string {
  const imports = new Map<string, Set<string>>();
  const use = (source: string, name: string): string => {
    if (source !== module.apiVersion) imports.set(source, (imports.get(source) ?? new Set()).add(name));
    return name;
  };
  const nameOf: NameOf = (definition) => {
    if (module.definitions.has(definition) && !definition.includes(".")) return definition;
    const source = home.get(definition);
    if (source === undefined) throw new Error(`${module.apiVersion}: nothing defines ${definition}`);
    const name = use(source.apiVersion, lastPart(definition));
    return source.kinds.has(name) ? `${use(META, "Embedded")}<${name}>` : name;
  };

  const declared = new Map<string, string>();
  for (const [kind, { schema }] of module.kinds) {
    declared.set(kind, declaration(kind.replaceAll("-", "_"), schema, nameOf, true));
  }
  for (const [definition, schema] of module.definitions) {
    const name = lastPart(definition);
    const isServed = definition !== name;
    if (isServed && module.kinds.has(name)) continue; // the kind, with apiVersion and kind required
    if (declared.has(name)) throw new Error(`${module.apiVersion}: two declarations of ${name}`);
    declared.set(name, declaration(name, schema, nameOf, isServed));
  }
  const declarations = [...declared.values()];
  if (module.apiVersion === META) declarations.push(EMBEDDED);
  const head = [importLines(module, imports)];
  if (module.apiVersion === "v1") head.push(`export type * from "${pathTo(module, META)}";\n`);
  // Without this line every declaration of a .d.ts file is exported.
  return [...head, ...declarations, "export {};\n"].filter((part) => part !== "").join("\n");
}

const EMBEDDED = `/** A kind inside another one: what it is follows from its place, so \`apiVersion\` and \`kind\` may be left out. */
export type Embedded<T> = Omit<T, "apiVersion" | "kind"> & { apiVersion?: string; kind?: string };
`;

function declaration(name: string, schema: CompactSchema, nameOf: NameOf, exported: boolean): string {
  const prefix = exported ? "export " : "";
  if (schema.properties !== undefined) return `${prefix}interface ${name} ${fieldsText(schema, nameOf)}\n`;
  return `${prefix}type ${name} = ${typeText(schema, nameOf)};\n`;
}

function importLines(module: SchemaModule, imports: ReadonlyMap<string, ReadonlySet<string>>): string {
  return [...imports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, names]) => `import type { ${[...names].sort().join(", ")} } from "${pathTo(module, source)}";\n`)
    .join("");
}

function pathTo(module: SchemaModule, apiVersion: string): string {
  return `${module.apiVersion.includes("/") ? "../" : "./"}${apiVersion}.js`;
}
