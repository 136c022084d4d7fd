import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { groupOf } from "../object-ref.ts";
import { show } from "./describe.ts";
import type { Problem } from "./problem.ts";

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const labelName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Rules for `metadata` that the API server has for every kind and that are in no schema. */
export function checkMetadata(object: KubeObject, namespaced: boolean): Problem[] {
  const metadata: unknown = object.metadata;
  if (metadata !== undefined && metadata !== null && !isMapping(metadata)) return [];
  const { name, generateName, namespace, labels, annotations } = metadata ?? {};
  const problems: Problem[] = [];
  if (!name && !generateName && !isReview(object)) {
    problems.push({
      code: "missing-name",
      path: ["metadata"],
      part: "key",
      message: "the object has no name",
      help: "Add metadata.name.",
    });
  } else if (typeof name === "string" && name !== "") problems.push(...nameProblems(name, object));
  if (!namespaced && typeof namespace === "string") {
    problems.push({
      code: "metadata",
      severity: "warning",
      path: ["metadata", "namespace"],
      part: "key",
      message: `${object.kind} is a cluster-wide kind: it has no namespace`,
      help: "Remove metadata.namespace.",
    });
  }
  if (isMapping(labels)) problems.push(...labelProblems(labels));
  if (isMapping(annotations)) problems.push(...keyProblems("annotations", annotations));
  return problems;
}

/** Questions to the server (SubjectAccessReview …) are answered, not stored, so they need no name. */
function isReview({ apiVersion }: KubeObject): boolean {
  return ["authentication.k8s.io", "authorization.k8s.io"].includes(groupOf(apiVersion));
}

function nameProblems(name: string, { apiVersion, kind }: KubeObject): Problem[] {
  // RBAC names and addresses may hold colons; what no name may hold is what a URL path cannot.
  const anyPath = groupOf(apiVersion) === "rbac.authorization.k8s.io" || kind === "IPAddress";
  const valid = anyPath
    ? name !== "." && name !== ".." && !/[/%]/.test(name)
    : name.length <= 253 && subdomain.test(name);
  if (valid || name.includes("${")) return [];
  return [
    {
      code: "metadata",
      path: ["metadata", "name"],
      message: `${show(name)} is no valid name`,
      help: anyPath
        ? "A name has no / and no %."
        : "Use lower-case letters, digits, - and . only, at most 253 characters.",
    },
  ];
}

function labelProblems(labels: Readonly<Record<string, unknown>>): Problem[] {
  const values = Object.entries(labels).flatMap(([key, value]): Problem[] => {
    if (typeof value !== "string" || value === "" || value.includes("${")) return [];
    if (value.length <= 63 && labelName.test(value)) return [];
    return [
      {
        code: "metadata",
        path: ["metadata", "labels", key],
        message: `${show(value)} is no valid label value`,
        help: "Use at most 63 letters, digits, -, _ and ., with a letter or digit at both ends.",
      },
    ];
  });
  return [...keyProblems("labels", labels), ...values];
}

function keyProblems(field: "labels" | "annotations", entries: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(entries).flatMap((key): Problem[] => {
    const slash = key.indexOf("/");
    const prefix = slash < 0 ? undefined : key.slice(0, slash);
    const name = key.slice(slash + 1);
    const prefixValid =
      prefix === undefined ||
      (prefix.length <= 253 && subdomain.test(field === "annotations" ? prefix.toLowerCase() : prefix));
    if ((prefixValid && name.length <= 63 && labelName.test(name)) || key.includes("${")) return [];
    return [
      {
        code: "metadata",
        path: ["metadata", field, key],
        part: "key",
        message: `${show(key)} is no valid key of ${field}`,
        help: "A key is an optional DNS name and a slash, then at most 63 letters, digits, -, _ and .",
      },
    ];
  });
}
