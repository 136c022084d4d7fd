import { defineCheck } from "../../check.ts";
import { argoApplications, inDefaultProject } from "../../internal/argo.ts";

/** An Argo CD Application in the project that allows everything. */
export const argoDefaultProject = defineCheck(
  {
    id: "argo-default-project",
    title: "Argo CD Application in the project default",
    severity: "warning",
    rationale:
      "The project default allows every repository, cluster, namespace and kind. An Application there can change anything Argo CD can change, which usually is the whole cluster.",
    fix: "Give the Application an AppProject that names its repositories, its namespaces and the kinds it may create.",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project"],
    fixtures: { before: ["infra/argocd/default-project.yaml"], clean: ["application.yaml"] },
  },
  function* (context) {
    for (const application of argoApplications(context)) {
      if (!inDefaultProject(application)) continue;
      yield {
        document: application.document,
        path: [...application.path, "project"],
        message: "the Application belongs to the project default, which allows every repository, namespace and kind",
      };
    }
  },
);
