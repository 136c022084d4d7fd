import { blockShells } from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { type Part, part } from "./part.ts";

/** Kernel-level rules. Databases are left out: PostgreSQL runs its archive command through a shell. */
export function expandRuntime(stack: StackDeclaration): Part {
  const namespaces = stack.runtime?.blockShells ?? [];
  const podSelector = { matchExpressions: [{ key: "cnpg.io/cluster", operator: "DoesNotExist" as const }] };
  return part(["runtime", "blockShells"], {
    objects: namespaces.map((namespace) => blockShells({ namespace, podSelector })),
  });
}
