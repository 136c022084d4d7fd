import type { Diagnostic, KubeObject, Path } from "@idstack/manifests";
import { list, records, text } from "../internal/read.ts";
import { at, type Hook, hooksOf } from "./hooks.ts";

const NUMERIC = /^(s?u?int\d*|sint\d+|u?int|u?long|ulong|uint64|size_t|fd|syscall64)$/;
const STRING_LIMITS = new Map([
  ["Prefix", 256],
  ["NotPrefix", 256],
  ["Postfix", 127],
  ["NotPostfix", 127],
  ["SubString", 99],
  ["SubStringIgnCase", 99],
]);

/**
 * Sizes that Tetragon's kernel programs cannot take and its CRD does not check: the API server admits such a policy and
 * the agent then refuses all of it.
 *
 * @example
 * ```ts
 * import { tracingPolicyLimits } from "@idstack/policy";
 * const values = ["1", "2", "3", "4", "5"];
 * const spec = {
 *   kprobes: [{ call: "sys_close", args: [{ index: 0, type: "int" }], selectors: [{ matchArgs: [{ index: 0, operator: "Equal", values }] }] }],
 * };
 * const policy = { apiVersion: "cilium.io/v1alpha1", kind: "TracingPolicy", metadata: { name: "many" }, spec };
 * console.log(tracingPolicyLimits(policy)[0]?.path); // spec.kprobes[0].selectors[0].matchArgs[0].values
 * ```
 */
export function tracingPolicyLimits(policy: KubeObject & { readonly spec?: unknown }): Diagnostic[] {
  const { hooks } = hooksOf(policy);
  const expressions = hooks.flatMap(({ selectors }) => selectors.flatMap(filters)).filter(isCel).length;
  return [
    ...atMost(8, expressions, "CelExpr filters in a policy", "spec"),
    ...hooks.flatMap((hook) => [...hookLimits(hook), ...hook.selectors.flatMap((_, i) => selectorLimits(hook, i))]),
  ];
}

function hookLimits({ type, path, fields, selectors }: Hook): Diagnostic[] {
  const args = [...records(fields["args"]), ...records(fields["data"])];
  return [
    ...atMost(5, selectors.length, "selectors of a hook", at(path, "selectors")),
    ...atMost(5, args.length, "args and data of a hook", at(path, "args")),
    ...atMost(16, list(fields["tags"]).length, "tags of a hook", at(path, "tags")),
    ...atMost(256, text(fields["message"])?.length ?? 0, "characters of a message", at(path, "message")),
    ...(type === "LSM hook"
      ? records(fields["args"]).flatMap((arg, i) =>
          atMost(4, Number(arg["index"] ?? 0), "argument index of an LSM hook", at(path, "args", i, "index")),
        )
      : []),
  ];
}

function selectorLimits({ path, fields, selectors }: Hook, index: number): Diagnostic[] {
  const selector = selectors[index] ?? {};
  const base: Path = [...path, "selectors", index];
  const types = new Map(records(fields["args"]).map((arg) => [arg["index"], text(arg["type"]) ?? ""]));
  const namespaces = records(selector["matchNamespaces"]);
  return [
    ...atMost(5, filters(selector).length, "matchArgs and matchData of a selector", at(base, "matchArgs")),
    ...records(selector["matchArgs"]).flatMap((filter, i) =>
      valueLimits(filter, types.get(filter["index"]) ?? "", at(base, "matchArgs", i, "values")),
    ),
    ...(["matchBinaries", "matchParentBinaries"] as const).flatMap((key) => [
      ...atMost(1, records(selector[key]).length, `entries of ${key}`, at(base, key)),
      ...records(selector[key])
        .filter((filter) => filter["followChildren"] === true)
        .flatMap((filter, i) =>
          atMost(64, list(filter["values"]).length, `values of ${key} with followChildren`, at(base, key, i, "values")),
        ),
    ]),
    ...atMost(10, namespaces.length, "entries of matchNamespaces", at(base, "matchNamespaces")),
    ...namespaces.flatMap((filter, i) =>
      atMost(
        4,
        list(filter["values"]).length,
        "values of a namespace filter",
        at(base, "matchNamespaces", i, "values"),
      ),
    ),
  ];
}

function valueLimits(filter: Readonly<Record<string, unknown>>, type: string, path: string): Diagnostic[] {
  const operator = text(filter["operator"]) ?? "";
  const values = list(filter["values"]);
  const length = STRING_LIMITS.get(operator);
  if (length !== undefined) {
    return values.flatMap((value, i) =>
      atMost(length, Buffer.byteLength(String(value)), `bytes of a ${operator} value`, `${path}[${i}]`),
    );
  }
  if (operator === "InRange" || operator === "NotInRange") return atMost(4, values.length, "ranges", path);
  if (operator === "InMap" || operator === "NotInMap" || !NUMERIC.test(type)) return [];
  return atMost(4, values.length, "numeric values", path, "Use the operator InMap, which takes any number.");
}

function filters(selector: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  return [...records(selector["matchArgs"]), ...records(selector["matchData"])];
}

function isCel(filter: Readonly<Record<string, unknown>>): boolean {
  return filter["operator"] === "CelExpr";
}

function atMost(limit: number, actual: number, what: string, path: string, help?: string): Diagnostic[] {
  if (actual <= limit) return [];
  const message = `${what}: at most ${limit}, here ${actual}`;
  return [{ code: "policy/tetragon-limit", severity: "error", message, path, help }];
}
