import type { KubeObject, ManifestDocument, Path } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import { nameOf } from "./documents.ts";
import { itemsAt, listOf, mapAt, textOf } from "./read.ts";

const hookLists = ["kprobes", "fentries", "tracepoints", "uprobes", "usdts", "lsmhooks"] as const;

/** A hook of a tracing policy, or one of its selectors, and where it stands. */
export interface Hook {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** Tetragon's policies, cluster-wide and namespaced. */
export function tracingPolicies(context: AuditContext): readonly ManifestDocument[] {
  return context.ofKind("cilium.io", "TracingPolicy", "TracingPolicyNamespaced");
}

/** Every hook of a policy, whichever list it is in. */
export function* hooksOf(policy: KubeObject): Generator<Hook> {
  for (const list of hookLists)
    for (const { item, path } of itemsAt(policy, "spec", list)) yield { fields: item, path };
}

/** The selectors of a hook with their paths. */
export function* selectorsOf({ fields, path }: Hook): Generator<Hook> {
  for (const [index, selector] of listOf(fields["selectors"]).entries()) {
    if (typeof selector === "object" && selector !== null)
      yield { fields: selector as Record<string, unknown>, path: [...path, "selectors", index] };
  }
}

const blocking = /\b(?:block|den(?:y|ie)|kill|prevent|enforce|forbid|stop|terminate|no-)/i;

/** Words in which name, description, message or tags of a policy say that it stops something. */
export function statedPurpose(policy: KubeObject): string | undefined {
  const annotations = Object.entries(mapAt(policy, "metadata", "annotations"))
    .filter(([key]) => /description|summary|purpose/i.test(key))
    .map(([, value]) => textOf(value));
  const messages = [...hooksOf(policy)].flatMap(({ fields }) =>
    [fields["message"], ...listOf(fields["tags"])].map(textOf),
  );
  return [nameOf(policy), ...annotations, ...messages].find((text) => text !== undefined && blocking.test(text));
}

/** A cluster-wide policy that does not say what it applies to: Tetragon takes the host and every pod. */
export function isUnscoped(policy: KubeObject): boolean {
  if (policy.kind !== "TracingPolicy") return false;
  const scope = mapAt(policy, "spec");
  return ["podSelector", "containerSelector", "hostSelector"].every((key) => (scope[key] ?? undefined) === undefined);
}
