import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "@idstack/manifests";
import type { Stack } from "@idstack/stack";
import { CliError } from "./errors.ts";
import { importFailure, invalidDeclaration } from "./internal/import-failure.ts";

/**
 * Imports a declaration: a module whose default export is what `defineStack` returned. TypeScript runs as it is. What it
 * declares is checked again, so that a module made without the compiler, or with another version, cannot do harm.
 *
 * @param file - Relative to `cwd`.
 * @throws CliError `config-not-found`, or `config-invalid` with diagnostics; errors of `node:fs` if it cannot be read.
 * @example
 * ```ts
 * import { loadConfig } from "idstack";
 * const { declaration } = await loadConfig("stack.config.ts", process.cwd());
 * console.log(Object.keys(declaration.services));
 * ```
 */
export async function loadConfig(file: string, cwd: string): Promise<Stack> {
  const path = resolve(cwd, file);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (found === undefined) {
    const message = `there is no ${file} here. Name the declaration with --config, or write one: export default defineStack({ … })`;
    throw new CliError("config-not-found", message);
  }
  if (!found.isFile()) throw new CliError("config-invalid", `${file} is a folder: name the declaration in it`);
  await access(path, constants.R_OK);
  const module = await importModule(path).catch(async (error: unknown) => {
    throw await importFailure(error, { file, path, cwd });
  });
  const { default: stack } = module;
  if (typeof stack !== "object" || stack === null || !("declaration" in stack)) {
    throw new CliError(
      "config-invalid",
      `${file} has no default export made by defineStack(): export default defineStack({ … })`,
    );
  }
  const { checkDeclaration } = await import("@idstack/stack");
  const diagnostics: Diagnostic[] = checkDeclaration(stack.declaration);
  if (diagnostics.length > 0) throw invalidDeclaration(file, diagnostics);
  return stack as Stack;
}

async function importModule(path: string): Promise<{ readonly default?: unknown }> {
  return (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
}
