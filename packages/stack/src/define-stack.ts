import { closest, type Diagnostic, formatPath } from "@idstack/manifests";
import type { z } from "zod";
import type { SecretStoreInput, StackDeclaration } from "./declaration.ts";
import { StackError } from "./errors.ts";
import { checkReferences } from "./internal/references.ts";
import { settingsAt } from "./internal/settings-at.ts";
import { declarationShape } from "./internal/shape.ts";

/** A checked declaration, as `expand` takes it. */
export interface Stack {
  readonly declaration: StackDeclaration;
}

/**
 * Declares a homelab. Names of services and namespaces are inferred, so that a misspelt reference does not compile;
 * what TypeScript cannot see is checked here.
 *
 * @throws StackError with every mistake and its path, `services.web.calls[0]`.
 * @example
 * ```ts
 * import { defineStack } from "@idstack/stack";
 * export const stack = defineStack({
 *   cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
 *   gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },
 *   namespaces: { apps: {} },
 *   services: {
 *     web: { namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080, calls: ["api"] },
 *     api: { namespace: "apps", image: "ghcr.io/me/api:2.0.0", port: 8443 },
 *   },
 * });
 * ```
 */
export function defineStack<
  const Service extends string,
  const Namespace extends string,
  const Store extends SecretStoreInput | undefined = undefined,
>(declaration: StackDeclaration<Service, Namespace, Store>): Stack {
  const diagnostics = checkDeclaration(declaration);
  if (diagnostics.length > 0) throw new StackError(diagnostics);
  return { declaration: declaration as unknown as StackDeclaration };
}

/** What is wrong with a declaration that did not come through the compiler; empty when it can be expanded. */
export function checkDeclaration(declaration: unknown): Diagnostic[] {
  const result = declarationShape.safeParse(declaration);
  if (!result.success) return result.error.issues.flatMap(toDiagnostics);
  return checkReferences(declaration as StackDeclaration);
}

function toDiagnostics(issue: z.core.$ZodIssue): Diagnostic[] {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const base = { code: "stack-shape", severity: "error" as const };
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...base,
      path: formatPath([...path, key]),
      message: `"${key}" is not a setting.`,
      help: suggestion(issue.path, key),
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ ...base, path: formatPath(path), message: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ ...base, path: formatPath(path), message: issue.message }];
}

function suggestion(path: readonly PropertyKey[], key: string): string {
  const known = settingsAt(declarationShape, path);
  const near = closest(key, known);
  return near === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean "${near}"?`;
}
