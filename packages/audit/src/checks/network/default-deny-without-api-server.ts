import { defineCheck } from "../../check.ts";
import { apiNeeds } from "../../internal/api-needs.ts";
import { stoppedByDefault } from "../../internal/default-deny.ts";

/** A default deny between a pod with rights in the cluster and the API server. */
export const defaultDenyWithoutApiServer = defineCheck(
  {
    id: "default-deny-without-api-server",
    title: "Default deny cuts a pod off the API server",
    severity: "error",
    rationale:
      "A pod whose ServiceAccount was given rights talks to the API server. Cut off it fails slowly: controllers stop reconciling, a database stops failing over.",
    fix: "Allow egress to the entity kube-apiserver (Cilium), or to the API server's address and port in a NetworkPolicy.",
    references: ["https://docs.cilium.io/en/stable/security/policy/language/#entities-based"],
    fixtures: { before: ["monitoring/default-deny-without-api-server.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const { pod, evidence } of apiNeeds(context)) {
      const from = `${pod.namespace}/${pod.name}`;
      for (const { direction, document, path, position } of stoppedByDefault(context, from, {
        entity: "kube-apiserver",
      })) {
        if (direction !== "egress") continue;
        yield { document, path, position, message: `${from} may not reach the API server: ${evidence}` };
      }
    }
  },
);
