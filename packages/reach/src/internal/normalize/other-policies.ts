import { type Diagnostic, formatRef, groupOf, type ManifestDocument, objectRef } from "@idstack/manifests";
import type { ResolvedFacts } from "../cluster-facts.ts";
import { policyKind } from "./policies.ts";

const WORKLOADS = new Set([
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
  "Namespace",
  "Service",
]);

/**
 * Objects that decide flows too but are not evaluated: they are named, never skipped. An error says that verdicts can
 * be wrong because of it.
 */
export function diagnoseOthers(
  documents: readonly ManifestDocument[],
  patches: readonly ManifestDocument[],
  unread: readonly string[],
  facts: ResolvedFacts,
): Diagnostic[] {
  const sealed = documents.filter(({ encrypted, object }) => encrypted && object.kind.startsWith("ENC["));
  const hidden = [...unread, ...sealed.map(({ file }) => file ?? "an object")];
  return [
    ...hiddenPolicies([...new Set(hidden)].sort()),
    ...documents.flatMap((document) => {
      const found = otherPolicy(document, facts);
      return found === undefined ? [] : [at(document, "unsupported-policy-kind", found.severity, found.message)];
    }),
    ...patches.flatMap((document) => {
      const isPolicy = policyKind(document) !== undefined;
      if (!isPolicy && !WORKLOADS.has(document.object.kind)) return [];
      const message = "is a kustomize patch, which is not applied here";
      return [
        at(
          document,
          "patch-not-applied",
          isPolicy ? "error" : "warning",
          message,
          "Evaluate the output of kustomize build.",
        ),
      ];
    }),
  ];
}

/** Files nobody can look into may hold policies too. One finding for all of them: it goes with every answer. */
function hiddenPolicies(files: readonly string[]): Diagnostic[] {
  if (files.length === 0) return [];
  const listed = files.slice(0, 3).join(", ") + (files.length > 3 ? ` and ${files.length - 3} more` : "");
  const message = `not read, so policies in it do not count: ${listed}`;
  return [{ code: "unread-file", severity: "warning", message, help: "Evaluate rendered, decrypted manifests." }];
}

function otherPolicy(
  { object }: ManifestDocument,
  facts: ResolvedFacts,
): { readonly severity: Diagnostic["severity"]; readonly message: string } | undefined {
  const group = groupOf(object.apiVersion);
  if (group === "policy.networking.k8s.io") {
    return facts.cni === "cilium" && object.kind !== "ClusterNetworkPolicy"
      ? { severity: "warning", message: "Cilium does not implement this kind: it takes no effect" }
      : {
          severity: facts.cni === "cilium" ? "warning" : "error",
          message: "is not evaluated (Cilium leaves it off by default)",
        };
  }
  if ((group === "crd.projectcalico.org" || group === "projectcalico.org") && object.kind.endsWith("NetworkPolicy")) {
    return facts.cni === "cilium"
      ? { severity: "warning", message: "Cilium does not implement Calico's kinds: it takes no effect" }
      : { severity: "error", message: "Calico's kinds are not evaluated" };
  }
  if (group === "cilium.io" && object.kind === "CiliumLocalRedirectPolicy") {
    return { severity: "warning", message: "redirects traffic to local pods, which is not evaluated" };
  }
  return undefined;
}

function at(
  document: ManifestDocument,
  code: string,
  severity: Diagnostic["severity"],
  message: string,
  help?: string,
): Diagnostic {
  const position = document.locate([]);
  return {
    code,
    severity,
    message: `${formatRef(objectRef(document.object))}: ${message}`,
    ...(document.file === undefined ? {} : { file: document.file }),
    ...(position === undefined ? {} : { line: position.line, column: position.column }),
    ...(help === undefined ? {} : { help }),
  };
}
