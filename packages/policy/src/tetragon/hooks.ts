import { formatPath, type KubeObject, type Path } from "@idstack/manifests";
import { record, records, text } from "../internal/read.ts";

/** The lists of a TracingPolicy that attach to something, and the field that says to what. */
const SECTIONS = [
  ["kprobes", "call", "kprobe"],
  ["lsmhooks", "hook", "LSM hook"],
  ["fentries", "call", "fentry"],
  ["tracepoints", "event", "tracepoint"],
  ["uprobes", "path", "uprobe"],
  ["usdts", "name", "USDT probe"],
] as const;

export type HookType = (typeof SECTIONS)[number][2];

/** One hook of a policy of unknown soundness. */
export interface Hook {
  readonly type: HookType;
  /** What it attaches to: `security_bprm_check`. */
  readonly target: string;
  readonly path: Path;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly selectors: readonly Readonly<Record<string, unknown>>[];
}

/** Reads the hooks of a TracingPolicy(Namespaced) that may not have been validated. */
export function hooksOf(policy: KubeObject): {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly hooks: Hook[];
} {
  const spec = record((policy as { readonly spec?: unknown }).spec) ?? {};
  const hooks = SECTIONS.flatMap(([section, field, type]) =>
    records(spec[section]).map((fields, index) => ({
      type,
      target: text(fields[field]) ?? "",
      path: ["spec", section, index],
      fields,
      selectors: records(fields["selectors"]),
    })),
  );
  return { spec, hooks };
}

/** A path below a hook, as diagnostics write it. */
export function at(base: Path, ...rest: Path): string {
  return formatPath([...base, ...rest]);
}
