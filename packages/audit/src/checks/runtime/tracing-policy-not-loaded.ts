import { enforcementCheck } from "../../internal/enforcement-check.ts";

/** A policy the API server takes and Tetragon refuses to load. */
export const tracingPolicyNotLoaded = enforcementCheck(
  ["policy/tetragon-syscall", "policy/tetragon-kprobe-multi", "policy/tetragon-limit"],
  {
    id: "tracing-policy-not-loaded",
    title: "TracingPolicy that Tetragon refuses to load",
    severity: "error",
    rationale:
      "The API server accepts the policy, and only the agent's log tells that it was not loaded: kubectl shows it, nothing enforces it.",
    fix: "Set syscall: false for kernel functions, the option disable-kprobe-multi for Override on security hooks, and stay within Tetragon's limits.",
    references: ["https://tetragon.io/docs/concepts/tracing-policy/hooks/"],
    fixtures: { before: ["security/runtime/shell-hook-not-loaded.yaml"], clean: ["tracing-policy.yaml"] },
  },
);
