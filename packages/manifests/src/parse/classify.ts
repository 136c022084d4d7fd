import type { SkipReason } from "../document.ts";
import { isMapping } from "../internal/plain.ts";
import { groupOf } from "../object-ref.ts";

const kustomizeFile = /(?:^|[\\/])kustomization\.ya?ml$/i;
const helmFile = /(?:^|[\\/])(?:chart\.(?:ya?ml|lock)|values(?:[.-][^\\/]*)?\.ya?ml)$/i;

/** Why a value is no Kubernetes object, or `undefined` if it is one or was meant to be one. */
export function skipReason(value: unknown, file = ""): SkipReason | undefined {
  if (!isMapping(value)) return kustomizeFile.test(file) ? "kustomize" : "not-kubernetes";
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion === "string" && isKustomizeGroup(groupOf(apiVersion))) return "kustomize";
  if (apiVersion !== undefined && kind !== undefined) return undefined;
  if (kustomizeFile.test(file)) return "kustomize";
  if (isChart(value) || (helmFile.test(file) && metadata === undefined)) return "helm";
  // One half of the head and metadata: somebody forgot the other half.
  const meant = (apiVersion !== undefined || kind !== undefined) && isMapping(metadata);
  return meant ? undefined : "not-kubernetes";
}

/** Files that kustomize itself reads: kustomizations and the configuration of its plug-ins. */
function isKustomizeGroup(group: string): boolean {
  return group === "kustomize.config.k8s.io" || group === "viaduct.ai";
}

function isChart({ apiVersion, name, version }: Record<string, unknown>): boolean {
  return (apiVersion === "v1" || apiVersion === "v2") && typeof name === "string" && version !== undefined;
}
