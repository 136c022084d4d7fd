import { defineCheck } from "../../check.ts";
import { argoApplications, automatedOf } from "../../internal/argo.ts";
import { describeWithPlace } from "../../internal/documents.ts";
import { claims, proseFiles } from "../../internal/prose.ts";

const pruneOff =
  /`?\bprune`?\s*[:=]\s*`?false\b|\bprun(?:e|ing)\s+(?:is\s+)?(?:off|disabled|turned\s+off)\b|\bnever\s+prunes?\b/i;

/** Documentation that says pruning is off, beside an Application that prunes. */
export const docsClaimPruneOff = defineCheck(
  {
    id: "docs-claim-prune-off",
    title: "Documentation says prune is off, manifests prune",
    severity: "warning",
    rationale:
      "People act on what the documentation says. Whoever believes that a removed file deletes nothing removes files without care, and Argo CD deletes the objects.",
    fix: "Set prune: false in the Application named, or correct the documentation.",
    fixtures: { before: ["docs/says-prune-is-off.md"], clean: ["says-prune-is-off.md"] },
  },
  function* (context) {
    const pruning = argoApplications(context).filter((application) => automatedOf(application)["prune"] === true);
    const [first] = pruning;
    if (first === undefined) return;
    const others = pruning.length > 1 ? ` and ${pruning.length - 1} more` : "";
    for (const file of proseFiles(context)) {
      for (const { words, position } of claims(file, pruneOff)) {
        yield {
          file,
          position,
          message: `"${words}", but ${describeWithPlace(first.document)}${others} has prune: true`,
        };
      }
    }
  },
);
