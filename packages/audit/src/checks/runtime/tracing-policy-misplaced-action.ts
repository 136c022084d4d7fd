import { defineCheck } from "../../check.ts";
import { hooksOf, selectorsOf, tracingPolicies } from "../../internal/tracing-policies.ts";

const actionKeys = ["action", "argError", "argSig", "rateLimit", "matchActions"] as const;

/** `action: Sigkill` on the hook or the selector, where Tetragon knows no such field. */
export const tracingPolicyMisplacedAction = defineCheck(
  {
    id: "tracing-policy-misplaced-action",
    title: "TracingPolicy action outside selectors[].matchActions",
    severity: "error",
    rationale:
      "Tetragon reads actions only from selectors[].matchActions[]. Anywhere else the API server rejects the policy, or drops the field and the policy reports events without stopping anything.",
    fix: "Move the action to spec.<hooks>[].selectors[].matchActions[].action.",
    references: ["https://tetragon.io/docs/concepts/tracing-policy/selectors/#actions-filter"],
    fixtures: {
      before: ["security/runtime/shell-action-outside-selectors.yaml"],
      clean: ["tracing-policy.yaml"],
    },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      for (const hook of hooksOf(document.object)) {
        const places = [hook, ...[...selectorsOf(hook)].map((selector) => ({ ...selector, selector: true }))];
        for (const place of places) {
          for (const key of actionKeys) {
            if (!(key in place.fields) || (key === "matchActions" && "selector" in place)) continue;
            const level = "selector" in place ? "a selector" : "the hook";
            yield {
              document,
              path: [...place.path, key],
              message: `\`${key}\` stands on ${level}; actions are read only from selectors[].matchActions[]`,
            };
          }
        }
      }
    }
  },
);
