import { schemaCheck } from "../../internal/schema-check.ts";

/** A required field that is not there. */
export const schemaMissingField = schemaCheck(["missing-field", "missing-name"], {
  id: "schema-missing-field",
  title: "Required field missing",
  severity: "error",
  rationale: "The API server refuses an object that lacks a required field; nothing is created or changed.",
  fix: "Add the field.",
  fixtures: { before: ["apps/field-missing.yaml"], clean: ["schema.yaml"] },
});
