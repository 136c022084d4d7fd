import type { Diagnostic } from "@idstack/manifests";
import type { SecretStoreInput } from "./declaration/secret-input.ts";
import type { StackDeclaration } from "./declaration/stack-declaration.ts";
import { StackError } from "./errors.ts";
import { checkReferences } from "./internal/check/references.ts";
import { checkExpansion } from "./internal/check-expansion.ts";
import { checkShape } from "./internal/shape-diagnostics.ts";
import type { Stack } from "./stack.ts";

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

/**
 * What is wrong with a declaration that did not come through the compiler; empty when it can be expanded. First its
 * shape, then what its settings refer to and need, then what would be rendered from it.
 */
export function checkDeclaration(declaration: unknown): Diagnostic[] {
  const shape = checkShape(declaration);
  if (shape.length > 0) return shape;
  const stack = declaration as StackDeclaration;
  const references = checkReferences(stack);
  return references.length > 0 ? references : checkExpansion(stack);
}
