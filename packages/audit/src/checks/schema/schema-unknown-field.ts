import { schemaCheck } from "../../internal/schema-check.ts";

/** A field the API server does not know. */
export const schemaUnknownField = schemaCheck(["unknown-field"], {
  id: "schema-unknown-field",
  title: "Unknown or misspelt field",
  severity: "error",
  rationale:
    "A field the schema does not know is refused by strict validation and silently dropped without it: the object exists, and what the field should do does not happen.",
  fix: "Correct the name of the field, or remove it.",
  fixtures: { before: ["apps/misspelt-field.yaml"], clean: ["schema.yaml"] },
});
