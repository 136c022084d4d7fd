import type { CompactSchema } from "@idstack/schemas";
import { isMapping } from "../internal/plain.ts";
import { zeroValue } from "./not-enforced.ts";
import { report, resolveRef, type Scope, shown } from "./problem.ts";

export function checkArray(value: readonly unknown[], schema: CompactSchema, scope: Scope): void {
  const { items, minItems, maxItems } = schema;
  if (minItems !== undefined && value.length < minItems) {
    const message = `${count(value.length)} too few: at least ${minItems} needed`;
    report(scope, { code: "length", message, help: "Add what is missing." });
  }
  if (maxItems !== undefined && value.length > maxItems) {
    const message = `${count(value.length)} too many: at most ${maxItems} allowed`;
    report(scope, { code: "length", message, help: `Keep at most ${maxItems} of them.` });
  }
  if (items !== undefined) {
    value.forEach((item, index) => {
      scope.path.push(index);
      if (item === null && scope.native) checkEmptyItem(items, scope);
      else scope.check(item, items, scope);
      scope.path.pop();
    });
  }
  checkUnique(value, schema, scope);
}

/** Go decodes null into the zero value: an empty text, or a mapping without a field, which in a policy allows all. */
function checkEmptyItem(items: CompactSchema, scope: Scope): void {
  const { type } = resolveRef(items, scope);
  if (type === undefined) return;
  const message = `an empty item: Kubernetes reads it as ${zeroValue(items, scope)}`;
  report(scope, { code: "wrong-type", severity: "warning", message, help: "Write the item out, or remove its dash." });
  if (type === "object") scope.check({}, items, scope);
}

function count(size: number): string {
  return size === 1 ? "1 item is" : `${size} items are`;
}

/** `x-kubernetes-list-type`: `map` lists have unique keys, `set` lists unique items. */
function checkUnique(value: readonly unknown[], schema: CompactSchema, scope: Scope): void {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === undefined) return;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const items = schema.items === undefined ? undefined : resolveRef(schema.items, scope);
  const seen = new Map<string, number>();
  value.forEach((item, index) => {
    const identity = listType === "set" ? item : identityOf(item, keys, items, scope);
    // An item without its keys is reported as such.
    if (identity === undefined) return;
    const text = JSON.stringify(identity);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, index);
    else
      reportDuplicate(
        index,
        first,
        listType === "set" ? shown(item, scope) : `${keys.join(", ")} ${keyText(identity, scope)}`,
        scope,
      );
  });
}

/** The values of an item's keys, with their defaults, unless it has none. */
function identityOf(
  item: unknown,
  keys: readonly string[],
  items: CompactSchema | undefined,
  scope: Scope,
): unknown[] | undefined {
  if (!isMapping(item)) return undefined;
  const values = keys.map((key) => item[key] ?? keyDefault(key, items, scope));
  return values.every((value) => value === undefined) ? undefined : values;
}

/** A key of a custom resource is required or has a default, which is not recorded where it is the zero value. */
function keyDefault(key: string, items: CompactSchema | undefined, scope: Scope): unknown {
  const field = items?.properties?.[key];
  if (field === undefined || items?.required?.includes(key) === true) return undefined;
  const { type, default: preset } = resolveRef(field, scope);
  if (preset !== undefined || scope.native) return preset;
  return type === "string" ? "" : type === "boolean" ? false : 0;
}

function keyText(identity: unknown, scope: Scope): string {
  return Array.isArray(identity) ? identity.map((part) => shown(part, scope)).join(", ") : shown(identity, scope);
}

function reportDuplicate(index: number, first: number, what: string, scope: Scope): void {
  report(scope, {
    code: "duplicate-item",
    at: index,
    // Built-in kinds are stored with duplicates (the last one wins) unless they are applied on the server's side.
    severity: scope.native ? "warning" : "error",
    message: `${what} is in this list twice; the first is item ${first}`,
    help: "Remove or rename one of the two; server-side apply (Flux) refuses both.",
  });
}
