import type { Path } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import { listOf, mapOf } from "../../internal/read.ts";
import { hooksOf, selectorsOf, tracingPolicies } from "../../internal/tracing-policies.ts";

/** A selector that filters on an argument the hook does not declare. */
export const tracingPolicyUndeclaredArgument = defineCheck(
  {
    id: "tracing-policy-undeclared-argument",
    title: "TracingPolicy filters on an argument it does not declare",
    severity: "error",
    rationale:
      "A selector may use only arguments that the hook lists in `args` with their type. Otherwise Tetragon refuses to load the policy, and nothing is watched.",
    fix: "Declare the argument in the hook's `args`: its index and its type.",
    references: ["https://tetragon.io/docs/concepts/tracing-policy/hooks/#arguments"],
    fixtures: {
      before: ["security/runtime/shell-argument-undeclared.yaml"],
      clean: ["tracing-policy.yaml"],
    },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      for (const hook of hooksOf(document.object)) {
        const declared = new Set(listOf(hook.fields["args"]).map((arg) => mapOf(arg)["index"]));
        for (const { index, path } of usedArguments(hook)) {
          if (declared.has(index)) continue;
          yield {
            document,
            path,
            message: `argument ${index} is compared here but not declared in the hook's \`args\``,
          };
        }
      }
    }
  },
);

function* usedArguments(hook: Parameters<typeof selectorsOf>[0]): Generator<{ index: number; path: Path }> {
  for (const selector of selectorsOf(hook)) {
    for (const [position, filter] of listOf(selector.fields["matchArgs"]).entries()) {
      const { index, args } = mapOf(filter);
      const path = [...selector.path, "matchArgs", position];
      if (typeof index === "number") yield { index, path: [...path, "index"] };
      for (const [nth, arg] of listOf(args).entries())
        if (typeof arg === "number") yield { index: arg, path: [...path, "args", nth] };
    }
  }
}
