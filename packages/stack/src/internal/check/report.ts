import { closest, type Path } from "@idstack/manifests";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import type { StackDiagnosticCode } from "../../errors.ts";

/** Notes one mistake. */
export type Report = (code: StackDiagnosticCode, path: Path, message: string, help?: string) => void;

/** Reports a namespace that is not declared. */
export function checkNamespace(stack: StackDeclaration, path: Path, namespace: string, report: Report): void {
  const names = Object.keys(stack.namespaces);
  if (names.includes(namespace)) return;
  report("stack/unknown-name", path, `namespace "${namespace}" is not declared.`, didYouMean(namespace, names));
}

/** The declared name that was probably meant, or all of them. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return names.length === 0 ? "None is declared." : `Declared are: ${names.join(", ")}.`;
}
