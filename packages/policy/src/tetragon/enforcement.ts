import type { Diagnostic, KubeObject } from "@idstack/manifests";
import { record, records, text } from "../internal/read.ts";
import { effectOf, type HookEffect } from "./hook-effect.ts";
import { hooksOf } from "./hooks.ts";
import { tracingPolicyLimits } from "./limits.ts";

/** What a TracingPolicy does to a process that matches, as {@link enforcement} finds it. */
export interface Enforcement {
  /** The call is prevented, or the process that made it is killed. */
  readonly blocks: boolean;
  /** The strongest effect among the hooks. */
  readonly effect: HookEffect["effect"];
  readonly hooks: readonly HookEffect[];
  /** Which processes it applies to; `"host-and-pods"` is the whole node. */
  readonly scope: "pods" | "host" | "host-and-pods";
  /** True when no process of the host can be hit. */
  readonly scopedToPods: boolean;
  /** The one namespace it applies to (TracingPolicyNamespaced). */
  readonly namespace?: string;
  /** Why it does less than it seems to, or reaches further. */
  readonly diagnostics: readonly Diagnostic[];
}

const ORDER = ["inactive", "reports", "kills", "prevents"] as const;

/**
 * Says whether a TracingPolicy or TracingPolicyNamespaced blocks or only reports, and whether it is scoped to pods. Reads
 * documents that were never validated: an action in a place Tetragon does not look counts for nothing.
 *
 * @throws TypeError for an object of another kind.
 * @example
 * ```ts
 * import { enforcement } from "@idstack/policy";
 * const { blocks, scopedToPods, effect } = enforcement({
 *   apiVersion: "cilium.io/v1alpha1",
 *   kind: "TracingPolicy",
 *   metadata: { name: "block-shell" },
 *   spec: { kprobes: [{ call: "sys_execve", syscall: true, action: "Sigkill" }] },
 * });
 * console.log(blocks, scopedToPods, effect); // false false reports
 * ```
 */
export function enforcement(policy: KubeObject & { readonly spec?: unknown }): Enforcement {
  const namespaced = policy.kind === "TracingPolicyNamespaced";
  if (!policy.apiVersion.startsWith("cilium.io/") || (policy.kind !== "TracingPolicy" && !namespaced)) {
    throw new TypeError(`${policy.apiVersion} ${policy.kind} is not a TracingPolicy`);
  }
  const { spec, hooks: found } = hooksOf(policy);
  const options = new Map(records(spec["options"]).map((option) => [text(option["name"]) ?? "", option["value"]]));
  const limits = tracingPolicyLimits(policy);
  const judged = found.map((hook) => effectOf(hook, options));
  const refused = limits.length > 0;
  const hooks = refused
    ? judged.map(({ hook }) => ({ ...hook, effect: "inactive" as const }))
    : judged.map((j) => j.hook);
  const effect = ORDER[Math.max(0, ...hooks.map((hook) => ORDER.indexOf(hook.effect)))] ?? "inactive";
  const blocks = effect === "kills" || effect === "prevents";
  const scope = namespaced ? "pods" : scopeOf(spec);
  const namespace = policy.metadata?.namespace;
  return {
    blocks,
    effect,
    hooks,
    scope,
    scopedToPods: scope === "pods",
    ...(namespaced && namespace !== undefined && { namespace }),
    diagnostics: [...limits, ...judged.flatMap((j) => j.diagnostics), ...(scope === "pods" || !blocks ? [] : [HOST])],
  };
}

/** All selectors null: host and pods. A pod or container selector leaves the host out, a hostSelector adds it again. */
function scopeOf(spec: Readonly<Record<string, unknown>>): Enforcement["scope"] {
  const pods = record(spec["podSelector"]) !== undefined || record(spec["containerSelector"]) !== undefined;
  const host = record(spec["hostSelector"]) !== undefined;
  if (pods) return host ? "host-and-pods" : "pods";
  return host ? "host" : "host-and-pods";
}

const HOST: Diagnostic = {
  code: "policy/tetragon-host",
  severity: "error",
  message: "this policy blocks and has no podSelector: it also hits the processes of the host",
  path: "spec",
  help: "Set podSelector ({} for every pod), or use a TracingPolicyNamespaced.",
};
