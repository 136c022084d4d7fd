import type { ManifestDocument, Path, Position } from "@idstack/manifests";
import { formatRef, objectRef } from "@idstack/manifests";
import type { Party, Port, RuleRef, SideVerdict } from "@idstack/reach";
import type { AuditContext } from "../context.ts";
import { parsePath } from "./parse-path.ts";
import { selectsAll } from "./policy-subjects.ts";
import { mapAt, mapOf } from "./read.ts";

/** A flow that a default deny stops, and the policy that turned it on. */
export interface Stopped {
  readonly direction: SideVerdict["direction"];
  readonly document: ManifestDocument;
  readonly path: Path;
  readonly position: Position | undefined;
}

/** The sides of a flow that no rule allows. Empty when the flow passes, is denied on purpose, or is open. */
export function stoppedByDefault(context: AuditContext, from: Party, to: Party, port?: Port): Stopped[] {
  const { pairs } = context.cluster().flow(from, to, port);
  const sides = ["egress", "ingress"] as const;
  return sides.flatMap((direction) => {
    const verdicts = pairs.map((pair) => pair[direction]);
    // One pair that passes is enough: the database has a writer, the API server an address.
    if (verdicts.length === 0 || !verdicts.every(({ reason }) => reason === "default-deny")) return [];
    const blamed = blame(
      verdicts.flatMap(({ rules }) => rules),
      context,
    );
    return blamed === undefined ? [] : [{ direction, ...blamed }];
  });
}

/** Of the rules that turn default deny on, the one meant as such: for the whole namespace, or named so. */
function blame(rules: readonly RuleRef[], context: AuditContext): Omit<Stopped, "direction"> | undefined {
  const found = rules.flatMap((rule) => {
    const document = documentOf(rule, context);
    return document === undefined ? [] : [{ rule, document, weight: weightOf(document) }];
  });
  const [first] = found.toSorted((a, b) => b.weight - a.weight);
  if (first === undefined) return undefined;
  const { line, column, path } = first.rule;
  const position = line === undefined || column === undefined ? undefined : { line, column };
  return { document: first.document, path: parsePath(path), position };
}

/** The document a rule comes from. */
export function documentOf(rule: RuleRef, context: AuditContext): ManifestDocument | undefined {
  const wanted = formatRef(rule.policy);
  return context.documents.find(
    ({ object, file }) =>
      file === rule.file && object.kind === rule.policy.kind && formatRef(objectRef(object)) === wanted,
  );
}

function weightOf({ object }: ManifestDocument): number {
  const spec = mapAt(object, "spec");
  const selector = mapOf(spec["podSelector"] ?? spec["endpointSelector"]);
  return (selectsAll(selector) ? 2 : 0) + (/deny/i.test(object.metadata?.name ?? "") ? 1 : 0);
}
