import { defineCheck } from "../../check.ts";
import { nameOf } from "../../internal/documents.ts";

const enforce = "pod-security.kubernetes.io/enforce";
const systemNamespaces = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** A namespace where Pod Security admission enforces nothing. */
export const namespacePodSecurity = defineCheck(
  {
    id: "namespace-pod-security",
    title: "Namespace without Pod Security labels",
    severity: "warning",
    rationale:
      "Without the label the namespace takes the cluster's default, on most distributions `privileged`: any pod created there may mount the host's files or run as root on its network.",
    fix: `Label the namespace ${enforce}: restricted (baseline or privileged where a workload needs it).`,
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
    fixtures: { before: ["apps/namespace-without-pod-security.yaml"], clean: ["namespace.yaml"] },
  },
  function* (context) {
    for (const document of context.ofKind("", "Namespace")) {
      if (systemNamespaces.has(nameOf(document.object))) continue;
      if (document.object.metadata?.labels?.[enforce] !== undefined) continue;
      yield {
        document,
        path: ["metadata", "labels"],
        message: `namespace \`${nameOf(document.object)}\` has no label ${enforce}`,
      };
    }
  },
);
