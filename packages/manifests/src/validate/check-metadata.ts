import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { groupOf } from "../object-ref.ts";
import { labelProblems, metadataKeyProblems } from "./check-labels.ts";
import { finalizerProblems, ownerProblems } from "./check-owners.ts";
import { show } from "./describe.ts";
import { isShortName } from "./formats/names.ts";
import { nameRule } from "./name-rules.ts";
import type { Problem } from "./problem.ts";

/** Rules for `metadata` that the API server has for every kind and that are in no schema. */
export function checkMetadata(object: KubeObject, namespaced: boolean): Problem[] {
  const metadata: unknown = object.metadata;
  if (metadata !== undefined && metadata !== null && !isMapping(metadata)) return [];
  const { name, generateName, namespace, labels, annotations, ownerReferences, finalizers } = metadata ?? {};
  const problems: Problem[] = [];
  if (!name && !generateName && !isReview(object)) {
    problems.push({
      code: "missing-name",
      // The server thinks one up for these.
      severity: object.kind === "LimitRange" && object.apiVersion === "v1" ? "warning" : "error",
      path: ["metadata"],
      part: "key",
      message: "the object has no name",
      help: "Add metadata.name.",
    });
  }
  for (const [field, value] of Object.entries({ name, generateName })) {
    if (typeof value === "string" && value !== "") problems.push(...nameProblems(field, value, object));
  }
  if (typeof namespace === "string") problems.push(...namespaceProblems(namespace, object, namespaced));
  if (isMapping(labels)) problems.push(...labelProblems(labels));
  if (isMapping(annotations)) problems.push(...metadataKeyProblems("annotations", annotations));
  if (Array.isArray(ownerReferences)) problems.push(...ownerProblems(ownerReferences));
  if (Array.isArray(finalizers)) problems.push(...finalizerProblems(finalizers));
  return problems;
}

/** Questions to the server (SubjectAccessReview …) are answered, not stored, so they need no name. */
function isReview({ apiVersion }: KubeObject): boolean {
  return ["authentication.k8s.io", "authorization.k8s.io"].includes(groupOf(apiVersion));
}

function nameProblems(field: string, name: string, { apiVersion, kind }: KubeObject): Problem[] {
  const { holds, help } = nameRule(groupOf(apiVersion), kind);
  // Letters are added behind a prefix: it may end in a hyphen.
  const whole = field === "generateName" ? name.replace(/(?<=.)-$/, "a") : name;
  if (holds(whole) || name.includes("${")) return [];
  const what = field === "name" ? "name" : "beginning of a name";
  return [{ code: "metadata", path: ["metadata", field], message: `${show(name)} is no valid ${what}`, help }];
}

function namespaceProblems(namespace: string, { kind }: KubeObject, namespaced: boolean): Problem[] {
  if (!namespaced) {
    return [
      {
        code: "metadata",
        severity: "warning",
        path: ["metadata", "namespace"],
        part: "key",
        message: `${kind} is a cluster-wide kind: it has no namespace`,
        help: "Remove metadata.namespace.",
      },
    ];
  }
  if (namespace === "" || isShortName(namespace) || namespace.includes("${")) return [];
  return [
    {
      code: "metadata",
      path: ["metadata", "namespace"],
      message: `${show(namespace)} is no valid name of a namespace`,
      help: "Use lower-case letters, digits and - only, at most 63 characters.",
    },
  ];
}
