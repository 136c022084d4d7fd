import { schemaCheck } from "../../internal/schema-check.ts";

/** A kind in a version the API server no longer serves. */
export const schemaUnservedVersion = schemaCheck(["unserved-version"], {
  id: "schema-unserved-version",
  title: "apiVersion that is not served",
  severity: "error",
  rationale:
    'The API server answers "no matches for kind" and the object is not created. In a GitOps tool the whole synchronisation fails with it.',
  fix: "Use a version that is served, and check the fields that changed with it.",
  fixtures: { before: ["apps/version-not-served.yaml"], clean: ["schema.yaml"] },
});
