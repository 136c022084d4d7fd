import { defineCheck } from "../../check.ts";
import { kubernetesPolicies, purposeOf } from "../../internal/policy-subjects.ts";
import { listOf, mapOf } from "../../internal/read.ts";

const denies = /\b(?:deny|denies|denied|block\w*|isolat\w*|lock\w*|restrict\w*|forbid\w*|quarantine)\b/i;

/** A Kubernetes NetworkPolicy that is named a denial and has the rule `{}`, which allows everything. */
export const networkPolicyAllowsEverything = defineCheck(
  {
    id: "network-policy-allows-everything",
    title: "NetworkPolicy named deny allows everything",
    severity: "error",
    rationale:
      "In a Kubernetes NetworkPolicy the rule {} has no condition, so it allows every peer on every port, the internet included. In a CiliumNetworkPolicy the same text denies everything; it was probably copied from one.",
    fix: "Remove the rule: policyTypes with no rules for the direction is the default deny.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies"],
    fixtures: { before: ["media/deny-that-allows-everything.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const { document, rule, path } of kubernetesPolicies(context)) {
      const purpose = purposeOf(document);
      if (!denies.test(purpose) || /\ballow/i.test(purpose)) continue;
      for (const [direction, peers] of [
        ["ingress", "from"],
        ["egress", "to"],
      ] as const) {
        for (const [index, item] of listOf(rule[direction]).entries()) {
          if (listOf(mapOf(item)[peers]).length > 0 || listOf(mapOf(item)["ports"]).length > 0) continue;
          yield {
            document,
            path: [...path, direction, index],
            message: `this ${direction} rule has no condition: it allows all ${direction} traffic of the pods it should close`,
          };
        }
      }
    }
  },
);
