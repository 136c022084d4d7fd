import { getAt, type ManifestDocument } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import type { AuditContext } from "../../context.ts";
import { documentOf, type Stopped, stoppedByDefault } from "../../internal/default-deny.ts";
import { enumerate } from "../../internal/documents.ts";
import { parsePath } from "../../internal/parse-path.ts";
import { mapOf } from "../../internal/read.ts";

/** A default deny that takes name resolution away from the pods it selects. */
export const defaultDenyWithoutDns = defineCheck(
  {
    id: "default-deny-without-dns",
    title: "Default deny without DNS",
    severity: "error",
    rationale:
      "Almost every connection starts with a name. Pods that may not ask the cluster's DNS reach nothing, also what other policies allow, and fail with timeouts that look like anything but a policy.",
    fix: "Allow egress to the pods k8s-app=kube-dns in kube-system on port 53, UDP and TCP, for every pod of the namespace.",
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic",
    ],
    fixtures: { before: ["apps/default-deny-without-dns.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const { stopped, silent, resolving } of byPolicy(context)) {
      // Beside pods that resolve names, one without any other way out (a cache, say) may be meant so.
      const pods = resolving ? silent.filter((pod) => hasOtherEgress(pod, stopped.document, context)) : silent;
      if (pods.length === 0) continue;
      const { document, path, position } = stopped;
      const few = pods.length > 3 ? `${pods.slice(0, 3).join(", ")} and ${pods.length - 3} more` : enumerate(pods);
      yield { document, path, position, message: `${few} cannot ask the cluster's DNS: no rule allows port 53` };
    }
  },
);

interface Group {
  readonly stopped: Stopped;
  /** Pods that cannot resolve names because of the policy. */
  readonly silent: string[];
  /** Whether some other pod of the namespace can. */
  readonly resolving: boolean;
}

function byPolicy(context: AuditContext): Group[] {
  const dns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
  const groups = new Map<ManifestDocument, { stopped: Stopped; silent: string[] }>();
  const resolving = new Set<string>();
  const seen = new Set<string>();
  for (const { namespace, name, hostNetwork, labels } of context.cluster().endpoints) {
    if (hostNetwork || labels["k8s-app"] === "kube-dns") continue;
    const pod = `${namespace}/${name}`;
    // Several endpoints of one name stand for the roles of one workload.
    if (seen.has(pod)) continue;
    seen.add(pod);
    const stopped = stoppedByDefault(context, pod, dns, "udp/53").find(({ direction }) => direction === "egress");
    if (stopped === undefined) resolving.add(namespace);
    else {
      const group = groups.get(stopped.document) ?? { stopped, silent: [] };
      groups.set(stopped.document, group);
      group.silent.push(pod);
    }
  }
  return [...groups.values()].map((group) => ({
    ...group,
    resolving: group.silent.some((pod) => resolving.has(pod.slice(0, pod.indexOf("/")))),
  }));
}

function hasOtherEgress(pod: string, denying: ManifestDocument, context: AuditContext): boolean {
  return context
    .cluster()
    .policiesFor(pod)
    .some(({ policies }) =>
      policies.some(({ direction, action, rule }) => {
        if (direction !== "egress" || action !== "allow") return false;
        const document = documentOf(rule, context);
        if (document === undefined || document === denying) return false;
        const item = getAt(document.object, parsePath(rule.path));
        return Object.keys(mapOf(item)).length > 0;
      }),
    );
}
