import { defineCheck } from "../../check.ts";
import { argoApplications, automatedOf } from "../../internal/argo.ts";

/** Automated sync that deletes what left the repository. */
export const argoPrune = defineCheck(
  {
    id: "argo-prune",
    title: "Argo CD prunes automatically",
    severity: "warning",
    rationale:
      "With prune: true a file that disappears from the repository (a bad merge, a renderer that stopped half-way, a moved folder) deletes the running object, for a PersistentVolumeClaim or a Namespace with its data.",
    fix: "Leave prune off and prune by hand, or annotate what must stay with argocd.argoproj.io/sync-options: Prune=confirm.",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning"],
    fixtures: { before: ["infra/argocd/prune-enabled.yaml"], clean: ["application.yaml"] },
    // The check for prune together with selfHeal says more about the same line.
    general: true,
  },
  function* (context) {
    for (const application of argoApplications(context)) {
      if (automatedOf(application)["prune"] !== true) continue;
      yield {
        document: application.document,
        path: [...application.path, "syncPolicy", "automated", "prune"],
        message: "automated sync prunes: whatever leaves the repository is deleted from the cluster",
      };
    }
  },
);
