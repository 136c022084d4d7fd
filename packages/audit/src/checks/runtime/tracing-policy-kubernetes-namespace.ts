import { defineCheck } from "../../check.ts";
import { listOf, mapOf, textOf } from "../../internal/read.ts";
import { hooksOf, selectorsOf, tracingPolicies } from "../../internal/tracing-policies.ts";

const linuxNamespaces = new Set("Uts Ipc Mnt Pid PidForChildren Net Time TimeForChildren Cgroup User".split(" "));

/** `matchNamespaces` used for a Kubernetes namespace, while it compares Linux namespaces. */
export const tracingPolicyKubernetesNamespace = defineCheck(
  {
    id: "tracing-policy-kubernetes-namespace",
    title: "matchNamespaces does not select Kubernetes namespaces",
    severity: "error",
    rationale:
      "matchNamespaces compares the Linux namespaces of the process (Pid, Net, Mnt …) and needs operator and values. A Kubernetes namespace there makes the API server reject the policy.",
    fix: "Use a TracingPolicyNamespaced in that namespace, or a podSelector; drop matchNamespaces.",
    references: ["https://tetragon.io/docs/concepts/tracing-policy/k8s-filtering/"],
    fixtures: {
      before: ["security/runtime/shell-kubernetes-namespace.yaml"],
      clean: ["tracing-policy.yaml"],
    },
  },
  function* (context) {
    for (const document of tracingPolicies(context)) {
      for (const hook of hooksOf(document.object)) {
        for (const selector of selectorsOf(hook)) {
          for (const [index, item] of listOf(selector.fields["matchNamespaces"]).entries()) {
            const namespace = textOf(mapOf(item)["namespace"]);
            if (namespace !== undefined && linuxNamespaces.has(namespace)) continue;
            yield {
              document,
              path: [...selector.path, "matchNamespaces", index],
              message: `\`${namespace ?? ""}\` is no Linux namespace: matchNamespaces cannot select by Kubernetes namespace`,
            };
          }
        }
      }
    }
  },
);
