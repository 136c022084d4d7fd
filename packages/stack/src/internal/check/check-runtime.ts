import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { checkNamespace, type Report } from "./report.ts";

/** Shells are blocked by something that is installed, and where nothing needs one to start. */
export function checkRuntime(stack: StackDeclaration, report: Report): void {
  const names = stack.runtime?.blockShells ?? [];
  if (names.length > 0 && stack.platform?.tetragon === undefined) {
    report("stack/needs", ["runtime", "blockShells"], "needs Tetragon.", "Declare `platform: { tetragon: {} }`.");
  }
  for (const [index, name] of names.entries()) {
    const path = ["runtime", "blockShells", index];
    checkNamespace(stack, path, name, report);
    if (names.indexOf(name) < index) report("stack/conflict", path, `names "${name}" a second time.`, "Remove it.");
    for (const program of startedByShells(stack, name)) {
      report(
        "stack/conflict",
        path,
        `${program} in "${name}" starts through a shell script.`,
        "Leave this namespace out.",
      );
    }
  }
}

/** What the platform runs in a namespace and has a shell script as its entry point. */
function startedByShells({ platform }: StackDeclaration, namespace: string): string[] {
  return [
    ...(platform?.authentik?.namespace === namespace ? ["Authentik"] : []),
    ...(platform?.traefik !== undefined && platform.namespace === namespace ? ["Traefik"] : []),
  ];
}
