import { enforcementCheck } from "../../internal/enforcement-check.ts";

/** Sigkill without Override: the call may have happened before the process dies. */
export const tracingPolicyKillTooLate = enforcementCheck(["policy/tetragon-kill-without-override"], {
  id: "tracing-policy-kill-too-late",
  title: "TracingPolicy kills after the fact",
  severity: "warning",
  rationale:
    "Sigkill is sent while the call goes on: the file may be written, the program started, before the process ends. Override makes the call itself fail.",
  fix: "Add the action Override with argError: -1 beside Sigkill.",
  references: ["https://tetragon.io/docs/concepts/enforcement/"],
  fixtures: { before: ["security/runtime/shell-killed-too-late.yaml"], clean: ["tracing-policy.yaml"] },
});
