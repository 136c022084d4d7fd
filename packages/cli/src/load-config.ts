import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Stack } from "@idstack/stack";
import { CliError } from "./errors.ts";

/**
 * Imports a declaration: a module whose default export is what `defineStack` returned. TypeScript runs as it is.
 *
 * @throws CliError `config-not-found` or `config-invalid`; a StackError of the declaration passes through.
 */
export async function loadConfig(file: string, cwd: string): Promise<Stack> {
  const path = isAbsolute(file) ? file : join(cwd, file);
  if (!existsSync(path)) {
    throw new CliError(
      "config-not-found",
      `there is no ${file} here. Name the declaration with --config, or write one: export default defineStack({ … }).`,
    );
  }
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  const stack = module.default;
  if (typeof stack !== "object" || stack === null || !("declaration" in stack)) {
    throw new CliError("config-invalid", `${file} has no default export made by defineStack().`);
  }
  return stack as Stack;
}
