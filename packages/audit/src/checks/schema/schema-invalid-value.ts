import { schemaCheck } from "../../internal/schema-check.ts";

/** A value the schema does not allow. */
export const schemaInvalidValue = schemaCheck(
  ["wrong-type", "enum", "bounds", "length", "pattern", "format", "duplicate-item", "alternatives", "definition"],
  {
    id: "schema-invalid-value",
    title: "Value the schema does not allow",
    severity: "error",
    rationale:
      "The API server refuses the object. Typical are a number written as a string, a value outside an enumeration, and two fields that exclude each other.",
    fix: "Write a value of the type and range the schema asks for.",
    fixtures: { before: ["apps/value-of-wrong-type.yaml"], clean: ["schema.yaml"] },
  },
);
