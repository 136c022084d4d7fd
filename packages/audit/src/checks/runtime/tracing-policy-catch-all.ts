import { enforcementCheck } from "../../internal/enforcement-check.ts";

/** A selector without a filter, often one selector written as two list items. */
export const tracingPolicyCatchAll = enforcementCheck(["policy/tetragon-catch-all"], {
  id: "tracing-policy-catch-all",
  title: "TracingPolicy selector that matches every call",
  severity: "error",
  rationale:
    "Selectors are alternatives, and one without a filter matches everything. A dash too many splits filter and action into two selectors: the filter then only reports, and the action hits every process.",
  fix: "Write filter and action as one list item, or give the selector a filter.",
  references: ["https://tetragon.io/docs/concepts/tracing-policy/selectors/"],
  fixtures: { before: ["security/runtime/shell-selector-split-in-two.yaml"], clean: ["tracing-policy.yaml"] },
});
