import { defineCheck } from "../../check.ts";
import { databaseNeeds } from "../../internal/database-needs.ts";
import { stoppedByDefault } from "../../internal/default-deny.ts";

/** A default deny between a pod and the database it is configured with. */
export const defaultDenyWithoutDatabase = defineCheck(
  {
    id: "default-deny-without-database",
    title: "Default deny cuts a pod off its database",
    severity: "error",
    rationale:
      "A policy set that closes the namespace and forgets the database stops the service at its next start, often long after the policy was applied, since open connections survive.",
    fix: "Allow egress from the pod to the database on its port, and ingress to the database from the pod.",
    references: ["https://docs.cilium.io/en/stable/security/policy/intro/"],
    fixtures: { before: ["security/authentik/default-deny-without-database.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const { pod, database, port, evidence } of databaseNeeds(context)) {
      const from = `${pod.namespace}/${pod.name}`;
      const to = `${database.namespace}/${database.name}`;
      for (const { direction, document, path, position } of stoppedByDefault(context, from, to, `tcp/${port}`)) {
        const message =
          direction === "egress"
            ? `${from} may not connect to its database ${to} on port ${port} (${evidence}): no rule allows this egress`
            : `${to} may not be reached by ${from} on port ${port} (${evidence}): no rule allows this ingress`;
        yield { document, path, position, message };
      }
    }
  },
);
