import { type Plugin, parseSync } from "vite";

/** A module of a builder package, as Vite names it. */
const BUILDER = /\/packages\/([a-z-]+)\/src\/(?!.*internal\/).+\.ts$/;

/**
 * Records what exported functions of builder packages return, while their own tests run: the builders know nothing of it.
 *
 * Inside its module a function stays as it is, so that what one builder makes with the help of another is recorded for
 * both only where it passes a module's border.
 */
export function collectPlugin(packages: readonly string[], recorder: string): Plugin {
  return {
    name: "collect-builders",
    enforce: "post",
    transform(code, id) {
      const folder = BUILDER.exec(id.split("?")[0] ?? "")?.[1];
      return folder !== undefined && packages.includes(folder) ? wrapExports(code, folder, recorder) : undefined;
    },
  };
}

/** Replaces `export function f` by a recording stand-in of the same name. */
export function wrapExports(code: string, folder: string, recorder: string): string | undefined {
  const { program } = parseSync("module.js", code);
  const names: string[] = [];
  let text = code;
  for (const node of program.body.toReversed()) {
    if (node.type !== "ExportNamedDeclaration" || node.declaration?.type !== "FunctionDeclaration") continue;
    names.push(node.declaration.id?.name ?? "");
    text = text.slice(0, node.start) + text.slice(node.declaration.start);
  }
  if (names.length === 0) return undefined;
  const wrapped = names.map(
    (name) => `const recorded_${name} = recordBuilder(${JSON.stringify(folder)}, ${JSON.stringify(name)}, ${name});`,
  );
  const exported = names.map((name) => `recorded_${name} as ${name}`);
  return `${text}\nimport { recordBuilder } from ${JSON.stringify(recorder)};\n${wrapped.join("\n")}\nexport { ${exported.join(", ")} };\n`;
}
