import { defineCheck } from "../../check.ts";
import { argoApplications, inDefaultProject } from "../../internal/argo.ts";
import { describeWithPlace } from "../../internal/documents.ts";
import { claims, proseFiles } from "../../internal/prose.ts";

const isolation =
  /\bprojects?\s+(?:\w+\s+){0,2}?(?:isolates?|separates?|restricts?)\b|\b(?:isolated|separated|restricted)\s+(?:by|through|with)\s+(?:\w+\s+){0,3}?(?:App)?projects?\b/i;

/** Documentation that says projects isolate, beside Applications in the project that allows everything. */
export const docsClaimProjectIsolation = defineCheck(
  {
    id: "docs-claim-project-isolation",
    title: "Documentation says projects isolate, Applications are in default",
    severity: "warning",
    rationale:
      "The project default restricts nothing, so the boundary the documentation describes does not exist: an Application meant for one environment can change all of them.",
    fix: "Put each Application into an AppProject of its environment, or correct the documentation.",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project"],
    fixtures: { before: ["docs/says-projects-isolate.md"], clean: ["says-projects-isolate.md"] },
  },
  function* (context) {
    const applications = argoApplications(context);
    const unrestricted = applications.filter(inDefaultProject);
    const [first] = unrestricted;
    if (first === undefined) return;
    for (const file of proseFiles(context)) {
      for (const { words, position } of claims(file, isolation)) {
        const share = `${unrestricted.length} of ${applications.length} Applications`;
        yield {
          file,
          position,
          message: `"${words}", but ${share} are in the project default, such as ${describeWithPlace(first.document)}`,
        };
      }
    }
  },
);
