/** `metav1.LabelSelector`: every entry of `matchLabels` and every requirement must hold. */
export interface LabelSelector {
  readonly matchLabels?: { readonly [key: string]: string } | undefined;
  readonly matchExpressions?: readonly LabelRequirement[] | undefined;
}

/** One requirement of a {@link LabelSelector}. `operator` is `In`, `NotIn`, `Exists` or `DoesNotExist`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/**
 * Whether labels satisfy a selector, as the API server decides it: an empty selector matches everything, a missing one
 * nothing. Where a kind reads a missing selector as "everything", pass `selector ?? {}`.
 *
 * `NotIn` also matches where the label is absent. A requirement that the API server would refuse (unknown operator,
 * `In` without values) matches nothing.
 *
 * @example
 * ```ts
 * import { matchesSelector } from "@idstack/manifests";
 * console.log(matchesSelector({ matchExpressions: [{ key: "tier", operator: "Exists" }] }, { tier: "web" })); // true
 * ```
 */
export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: { readonly [key: string]: string } | undefined,
): boolean {
  // Data that nobody typed may hold null here.
  if (selector === undefined || selector === null) return false;
  const own = (key: string): string | undefined => (labels && Object.hasOwn(labels, key) ? labels[key] : undefined);
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (own(key) !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = own(key);
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return values.length > 0 && (value === undefined || !values.includes(value));
      case "Exists":
        return value !== undefined && values.length === 0;
      case "DoesNotExist":
        return value === undefined && values.length === 0;
      default:
        return false;
    }
  });
}
