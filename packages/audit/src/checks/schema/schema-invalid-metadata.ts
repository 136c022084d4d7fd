import { schemaCheck } from "../../internal/schema-check.ts";

/** A name, label, annotation or namespace the API server refuses. */
export const schemaInvalidMetadata = schemaCheck(["metadata"], {
  id: "schema-invalid-metadata",
  title: "Name, label or namespace that is not allowed",
  severity: "error",
  rationale:
    "Names and labels have a fixed alphabet and length, and a cluster-wide kind takes no namespace. The API server refuses anything else.",
  fix: "Use lower-case letters, digits and dashes, at most 63 characters in a label.",
  fixtures: { before: ["apps/label-not-allowed.yaml"], clean: ["schema.yaml"] },
});
