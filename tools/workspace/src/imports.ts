import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";

/** One import of a source file, as written there. */
export interface Import {
  /** File relative to the package directory. */
  readonly file: string;
  /** Package that is imported: `yaml`, `@idstack/manifests`, `node:fs`; relative imports are left out. */
  readonly packageName: string;
  readonly specifier: string;
}

/** What the sources of a package import from other packages: values and types, static and dynamic. */
export function importsOf(directory: string, pattern = "src/**/*.ts"): Import[] {
  return globSync(pattern, { cwd: directory })
    .sort()
    .flatMap((file) =>
      specifiersOf(readFileSync(join(directory, file), "utf8"))
        .filter((specifier) => !specifier.startsWith("."))
        .map((specifier) => ({ file, specifier, packageName: packageOf(specifier) })),
    );
}

/** Module specifiers in a TypeScript source, in order of appearance. */
export function specifiersOf(source: string): string[] {
  const { program } = parseSync("source.ts", source);
  const found: string[] = [];
  visit(program, (node) => {
    const from = node["source"];
    if (isNode(from) && from["type"] === "Literal" && typeof from["value"] === "string") found.push(from["value"]);
  });
  return found;
}

function packageOf(specifier: string): string {
  const [scopeOrName, name] = specifier.split("/");
  return specifier.startsWith("@") ? `${scopeOrName}/${name}` : (scopeOrName ?? specifier);
}

type AstNode = Record<string, unknown>;

function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null;
}

function visit(value: unknown, enter: (node: AstNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, enter);
  } else if (isNode(value)) {
    if (typeof value["type"] === "string") enter(value);
    for (const child of Object.values(value)) visit(child, enter);
  }
}
