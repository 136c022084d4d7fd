import type { TracingPolicy, TracingPolicyNamespaced } from "@idstack/schemas/cilium.io/v1alpha1";
import { tracingPolicy, tracingPolicyNamespaced } from "../objects/tracing-policy.ts";

type Spec = NonNullable<TracingPolicyNamespaced["spec"]>;
type PodSelector = NonNullable<Spec["podSelector"]>;
type Kprobe = NonNullable<Spec["kprobes"]>[number];
type Selector = NonNullable<Kprobe["selectors"]>[number];
type Actions = NonNullable<Selector["matchActions"]>;

/** Shells, and the two programs that hold one among their applets. */
export const SHELLS: readonly string[] = [
  "/sh",
  "/bash",
  "/rbash",
  "/dash",
  "/ash",
  "/zsh",
  "/ksh",
  "/mksh",
  "/csh",
  "/tcsh",
  "/fish",
  "/busybox",
  "/toybox",
];

/** Options of {@link blockShells}. */
export interface BlockShellsOptions {
  /** Only pods with these labels; default (or `{}`) every pod, never the host. */
  readonly podSelector?: PodSelector;
  /** Name of the object; default `block-shells-<namespace>`, since Tetragon confuses policies of one name. */
  readonly name?: string;
  /** Ends of resolved executable paths; default {@link SHELLS}. A bare `"sh"` is taken as `"/sh"`. */
  readonly binaries?: readonly string[];
  /**
   * `"kill"` (default): the start of the program fails with EPERM and the process that tried is killed. `"deny"`: it only
   * fails. `"report"`: it is only reported, for a trial period.
   */
  readonly action?: "kill" | "deny" | "report";
  /**
   * `"kprobe"` (default): `security_bprm_check`, on kernels >= 5.7 whose BTF is available. `"lsm"`: the BPF LSM hook, for
   * kernels that have `bpf` in their `lsm=` list.
   */
  readonly hook?: "kprobe" | "lsm";
  readonly labels?: { readonly [key: string]: string };
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A policy that keeps shells from starting in pods, decided in the kernel before the first instruction of the shell runs.
 *
 * The path compared is the resolved one: `/bin/sh` is `/bin/dash` or `/bin/busybox` by then, which is why these are in the
 * list; and with busybox every applet stops working, not only its shell. Images whose entry point, probes or hooks are
 * shell scripts do not start: leave their pods out with `podSelector`. A shell copied to another name is not recognised.
 * Tetragon must run with its pod filter on (`enablePolicyFilter`).
 *
 * @throws PolicyError `LIMIT_EXCEEDED` for a path of more than 127 bytes; TypeError for an empty list of binaries.
 * @example
 * ```ts
 * import { blockShells, enforcement } from "@idstack/policy";
 * const policy = blockShells({ namespace: "apps" });
 * console.log(policy.metadata?.name, enforcement(policy).blocks); // block-shells-apps true
 * ```
 */
export function blockShells(options: BlockShellsOptions & { readonly namespace: string }): TracingPolicyNamespaced;
export function blockShells(options: BlockShellsOptions & { readonly podSelector: PodSelector }): TracingPolicy;
export function blockShells(
  options: BlockShellsOptions & { readonly namespace?: string },
): TracingPolicyNamespaced | TracingPolicy {
  const { namespace, podSelector, binaries = SHELLS, action = "kill", hook = "kprobe" } = options;
  if (binaries.length === 0) throw new TypeError("blockShells: no binaries would match every program");
  if (namespace === undefined && podSelector === undefined) {
    throw new TypeError("blockShells: give a namespace or a podSelector, or the host's own shells are hit");
  }
  const values = [...new Set(binaries.map((binary) => (binary.includes("/") ? binary : `/${binary}`)))];
  const args: NonNullable<Kprobe["args"]> = [{ index: 0, type: "linux_binprm" }];
  const selectors: Selector[] = [
    { matchArgs: [{ index: 0, operator: "Postfix", values }], matchActions: ACTIONS[action]() },
  ];
  const message = action === "report" ? "Shell started in a pod" : "Shell blocked in a pod";
  const spec: Spec = {
    // Written out even when empty: without any selector a cluster-wide policy would hit the host.
    podSelector: podSelector ?? {},
    ...(hook === "lsm"
      ? { lsmhooks: [{ hook: "bprm_check_security", message, args, selectors }] }
      : {
          kprobes: [{ call: "security_bprm_check", syscall: false, message, args, selectors }],
          // Tetragon refuses to override security hooks that it attached with kprobe-multi.
          options: [{ name: "disable-kprobe-multi", value: "1" }],
        }),
    ...options.spec,
  };
  const name = options.name ?? (namespace === undefined ? "block-shells" : `block-shells-${namespace}`);
  const head = { name, spec, ...(options.labels && { labels: options.labels }) };
  return namespace === undefined ? tracingPolicy(head) : tracingPolicyNamespaced({ ...head, namespace });
}

// Override stops the call itself; Sigkill alone would let it finish first.
const ACTIONS = {
  kill: (): Actions => [{ action: "Override", argError: -1 }, { action: "Sigkill" }],
  deny: (): Actions => [{ action: "Override", argError: -1 }],
  report: (): Actions => [{ action: "Post" }],
};
