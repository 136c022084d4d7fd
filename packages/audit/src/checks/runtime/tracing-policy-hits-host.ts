import { enforcement } from "@idstack/policy";
import { defineCheck } from "../../check.ts";
import { isUnscoped, statedPurpose, tracingPolicies } from "../../internal/tracing-policies.ts";

/** An enforcing policy without a scope: it acts on the node's own processes too. */
export const tracingPolicyHitsHost = defineCheck(
  {
    id: "tracing-policy-hits-host",
    title: "Enforcing TracingPolicy is not limited to pods",
    severity: "error",
    rationale:
      "A TracingPolicy without podSelector, containerSelector or hostSelector applies to the host as well. One that kills shells or package managers then locks the administrator out of the node and breaks its services.",
    fix: "Set spec.podSelector ({} means every pod and leaves the host out) or use a TracingPolicyNamespaced.",
    references: ["https://tetragon.io/docs/concepts/tracing-policy/k8s-filtering/"],
    fixtures: {
      before: ["security/runtime/shell-killed-on-the-host-too.yaml"],
      clean: ["tracing-policy.yaml"],
    },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      const { object } = document;
      if (!isUnscoped(object)) continue;
      if (!enforcement(object).blocks && statedPurpose(object) === undefined) continue;
      yield {
        document,
        path: ["spec"],
        message: "no podSelector: the policy acts on the host's own processes as well as on every pod",
      };
    }
  },
);
