import { enforcement } from "@idstack/policy";
import { defineCheck } from "../../check.ts";
import { describeWithPlace, nameOf } from "../../internal/documents.ts";
import { claims, proseFiles } from "../../internal/prose.ts";
import { tracingPolicies } from "../../internal/tracing-policies.ts";

const stops =
  "(?:sig)?kill(?:s|ed)?|blocks?|blocked|prevents?|prevented|stops?|stopped|denies|denied|enforces?|terminates?";

/** Documentation that says a runtime policy stops something, while the policy only reports. */
export const docsClaimEnforcement = defineCheck(
  {
    id: "docs-claim-enforcement",
    title: "Documentation says a runtime policy blocks, it only reports",
    severity: "error",
    rationale:
      "A threat counted as stopped is not looked at again. If the policy only writes events, nothing stands between the attacker and the shell.",
    fix: "Give the policy an enforcing action (Override with argError: -1), or describe it as observation.",
    references: ["https://tetragon.io/docs/concepts/enforcement/"],
    fixtures: { before: ["docs/says-shells-are-blocked.md"], clean: ["says-shells-are-blocked.md"] },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      const name = nameOf(document.object);
      if (name === "" || enforcement(document.object).blocks) continue;
      // One sentence that names the policy (or its file) and a verb of enforcement after it.
      const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const pattern = new RegExp(`\\b${escaped}\\b[^.!?]{0,80}?\\b(?:${stops})\\b`, "i");
      for (const file of proseFiles(context)) {
        for (const { words, position } of claims(file, pattern)) {
          yield { file, position, message: `"${words}", but ${describeWithPlace(document)} stops nothing` };
        }
      }
    }
  },
);
