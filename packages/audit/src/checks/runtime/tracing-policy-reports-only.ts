import { enforcement } from "@idstack/policy";
import { defineCheck } from "../../check.ts";
import { hooksOf, statedPurpose, tracingPolicies } from "../../internal/tracing-policies.ts";

/** A policy that is named a blocker and only writes events. */
export const tracingPolicyReportsOnly = defineCheck(
  {
    id: "tracing-policy-reports-only",
    title: "TracingPolicy that should block only reports",
    severity: "error",
    rationale:
      "The action Post (also the default without any action) writes an event and lets the call through. A policy named block or kill that only posts gives false safety: the shell it should stop runs.",
    fix: "Use matchActions with Override (argError: -1), plus Sigkill where the process should end; keep Post only for observation.",
    references: ["https://tetragon.io/docs/concepts/enforcement/"],
    fixtures: {
      before: ["security/runtime/shell-reported-not-blocked.yaml"],
      clean: ["tracing-policy.yaml"],
    },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      const purpose = statedPurpose(document.object);
      if (purpose === undefined) continue;
      const { effect, diagnostics } = enforcement(document.object);
      if (effect !== "reports") continue;
      const monitored = diagnostics.some(({ code }) => code === "policy/tetragon-monitor-mode");
      const [hook] = hooksOf(document.object);
      yield {
        document,
        path: monitored ? ["spec", "options"] : (hook?.path ?? ["spec"]),
        message: `"${purpose}" stops nothing: ${monitored ? "the option policy-mode is monitor" : "its actions only report"}`,
      };
    }
  },
);
