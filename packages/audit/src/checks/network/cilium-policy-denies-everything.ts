import { defineCheck } from "../../check.ts";
import { ciliumRules, purposeOf } from "../../internal/policy-subjects.ts";
import { listOf, mapOf } from "../../internal/read.ts";

/** A Cilium policy that is named an allowance and has only the rule `{}`, which allows nothing. */
export const ciliumPolicyDeniesEverything = defineCheck(
  {
    id: "cilium-policy-denies-everything",
    title: "CiliumNetworkPolicy named allow denies everything",
    severity: "error",
    rationale:
      "In a CiliumNetworkPolicy the rule {} names no peer and no port: it allows nothing, but selecting the pods turns on default deny. In a Kubernetes NetworkPolicy the same text allows everything.",
    fix: "Name who may connect, such as fromEntities: [cluster]; fromEntities: [all] allows everybody.",
    references: ["https://docs.cilium.io/en/stable/security/policy/language/#ingress-egress-default-deny"],
    fixtures: { before: ["media/allow-that-denies-everything.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const { document, rule, path } of ciliumRules(context)) {
      const purpose = purposeOf(document);
      if (!/\b(?:allow\w*|open|permit\w*|public)\b/i.test(purpose) || /\b(?:deny|denies|block\w*)\b/i.test(purpose))
        continue;
      for (const direction of ["ingress", "egress"] as const) {
        const items = listOf(rule[direction]);
        if (items.length === 0 || !items.every((item) => Object.keys(mapOf(item)).length === 0)) continue;
        yield {
          document,
          path: [...path, direction, 0],
          message: `this ${direction} rule allows nothing: all ${direction} traffic of the selected pods is denied`,
        };
      }
    }
  },
);
