import { defineCheck } from "../../check.ts";
import { argoApplications, automatedOf } from "../../internal/argo.ts";

/** Prune together with self-heal: a wrong commit deletes, and nobody can put the object back by hand. */
export const argoPruneSelfHeal = defineCheck(
  {
    id: "argo-prune-self-heal",
    title: "Argo CD prunes and self-heals",
    severity: "error",
    rationale:
      "Prune deletes what a wrong commit drops, and selfHeal undoes every repair made in the cluster within seconds: until the repository is right again, the outage cannot be ended by hand.",
    fix: "Keep selfHeal and set prune: false (the default); prune by hand after reading the diff.",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/"],
    fixtures: { before: ["infra/argocd/prune-and-self-heal.yaml"], clean: ["application.yaml"] },
  },
  function* (context) {
    for (const application of argoApplications(context)) {
      const automated = automatedOf(application);
      if (automated["prune"] !== true || automated["selfHeal"] !== true) continue;
      yield {
        document: application.document,
        path: [...application.path, "syncPolicy", "automated", "prune"],
        message: "automated sync prunes and self-heals: a wrong commit deletes, and a repair by hand is reverted",
      };
    }
  },
);
