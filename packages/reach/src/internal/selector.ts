import { type Identity, lookup } from "./identity.ts";
import { labelValueProblem, parseSelectorKey, selectorKeyProblem } from "./labels.ts";
import { and, MAYBE, NO, type Tri, tri, YES } from "./tri.ts";

export interface Requirement {
  readonly source: string;
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
  /** Written in matchLabels, where a later writer of the same key replaces it. */
  readonly exact?: boolean;
}

/** A LabelSelector as the documents write it; untrusted, so every field is checked on reading. */
export interface RawSelector {
  readonly matchLabels?: unknown;
  readonly matchExpressions?: unknown;
}

/** A selector that cannot be read the way the API server and the agent would. */
export class SelectorProblem extends Error {}

/** Reads a LabelSelector; keys without a source get `defaultSource`, as Cilium prefixes them. */
export function readSelector(raw: unknown, defaultSource: string): Requirement[] {
  if (raw === null || raw === undefined) return [];
  if (typeof raw !== "object" || Array.isArray(raw)) throw new SelectorProblem("a label selector is a map");
  const { matchLabels, matchExpressions, ...rest } = raw as RawSelector;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new SelectorProblem(`a label selector has no field "${unknown}"`);
  return [
    ...readMatchLabels(matchLabels, defaultSource),
    ...(Array.isArray(matchExpressions) ? matchExpressions : []).map((item) => readExpression(item, defaultSource)),
  ];
}

export function matchRequirement(requirement: Requirement, identity: Identity): Tri {
  const { source, key, operator, values } = requirement;
  const label = lookup(identity, source, key);
  if (label === undefined && identity.openLabel(key)) return MAYBE;
  if (operator === "Exists") return tri(label !== undefined);
  if (operator === "DoesNotExist") return tri(label === undefined);
  const listed = label !== undefined && values.includes(label.value);
  return operator === "In" ? tri(listed) : tri(!listed);
}

export function matchRequirements(requirements: readonly Requirement[], identity: Identity): Tri {
  let result: Tri = YES;
  for (const requirement of requirements) {
    result = and(result, matchRequirement(requirement, identity));
    if (result === NO) return NO;
  }
  return result;
}

/**
 * A text that two selectors share exactly when the engine treats them as the same one: it compares them as they are
 * written, with sorted labels and expressions in their order.
 */
export function selectorKey(requirements: readonly Requirement[]): string {
  const labels = requirements.filter(({ exact }) => exact === true);
  const expressions = requirements.filter(({ exact }) => exact !== true);
  return JSON.stringify([
    labels.map(({ source, key, values }) => `${source}:${key}=${values}`).sort(),
    expressions.map(({ source, key, operator, values }) => [`${source}:${key}`, operator, ...values]),
  ]);
}

export function hasKey(requirements: readonly Requirement[], source: string, key: string): boolean {
  return requirements.some((requirement) => requirement.source === source && requirement.key === key);
}

export function equals(source: string, key: string, value: string): Requirement {
  return { source, key, operator: "In", values: [value], exact: true };
}

export function exists(source: string, key: string): Requirement {
  return { source, key, operator: "Exists", values: [] };
}

function readMatchLabels(raw: unknown, defaultSource: string): Requirement[] {
  if (raw === null || raw === undefined) return [];
  if (typeof raw !== "object" || Array.isArray(raw)) throw new SelectorProblem("matchLabels is a map");
  return Object.entries(raw).map(([key, value]) => {
    check(key, [value]);
    return { ...parseSelectorKey(key, defaultSource), operator: "In", values: [String(value)], exact: true };
  });
}

function readExpression(raw: unknown, defaultSource: string): Requirement {
  if (typeof raw !== "object" || raw === null) throw new SelectorProblem("a match expression is a map");
  const { key, operator, values } = raw as { key?: unknown; operator?: unknown; values?: unknown };
  const list: unknown[] = Array.isArray(values) ? values : [];
  if (typeof key !== "string") throw new SelectorProblem("a match expression needs a key");
  if (operator !== "In" && operator !== "NotIn" && operator !== "Exists" && operator !== "DoesNotExist") {
    throw new SelectorProblem(`"${String(operator)}" is not an operator (In, NotIn, Exists, DoesNotExist)`);
  }
  const wantsValues = operator === "In" || operator === "NotIn";
  if (wantsValues && list.length === 0) throw new SelectorProblem(`operator ${operator} needs values`);
  if (!wantsValues && list.length > 0) throw new SelectorProblem(`operator ${operator} takes no values`);
  check(key, list);
  return { ...parseSelectorKey(key, defaultSource), operator, values: list.map(String) };
}

function check(key: string, values: readonly unknown[]): void {
  const problem =
    selectorKeyProblem(key) ??
    values
      .map((value) => (typeof value === "string" ? labelValueProblem(value) : `${String(value)} is not a string`))
      .find((text) => text !== undefined);
  if (problem !== undefined) throw new SelectorProblem(problem);
}
