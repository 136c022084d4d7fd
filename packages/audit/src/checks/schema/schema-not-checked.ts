import { schemaCheck } from "../../internal/schema-check.ts";

/** An object, or a value, the schemas say nothing about. */
export const schemaNotChecked = schemaCheck(["no-schema", "substitution"], {
  id: "schema-not-checked",
  title: "Not checked against a schema",
  severity: "info",
  rationale:
    "No schema of this API group is recorded, or the value is only known after substitution. Mistakes in there are not seen, so a clean report says nothing about it.",
  fix: "Check the object with the tools of its project.",
  fixtures: { before: ["monitoring/group-without-schema.yaml"], clean: ["schema.yaml"] },
});
