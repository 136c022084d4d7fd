import { schemaCheck } from "../../internal/schema-check.ts";

/** A kind or group that no API server has. */
export const schemaUnknownKind = schemaCheck(["unknown-kind", "unknown-group"], {
  id: "schema-unknown-kind",
  title: "Unknown kind or API group",
  severity: "error",
  rationale: "A kind its group does not have cannot be created: the object is missing from the cluster.",
  fix: "Correct kind and apiVersion.",
  fixtures: { before: ["apps/kind-unknown.yaml"], clean: ["schema.yaml"] },
});
