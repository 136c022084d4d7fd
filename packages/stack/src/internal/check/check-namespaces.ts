import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import type { Report } from "./report.ts";

/** Namespaces that are there before anything is declared, and would break under a default deny. */
const given: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system", "argocd"];

/** Namespaces are one's own, and privileged ones say why. */
export function checkNamespaces(stack: StackDeclaration, report: Report): void {
  for (const [name, { podSecurity, justification }] of Object.entries(stack.namespaces)) {
    if (given.includes(name)) {
      const owner = name === "argocd" ? "Argo CD" : "the cluster itself";
      report("stack/name-taken", ["namespaces", name], `belongs to ${owner}.`, "Give yours another name.");
    }
    if (podSecurity === "privileged" && justification === undefined) {
      report(
        "stack/needs",
        ["namespaces", name],
        "runs privileged pods without saying why.",
        'Add `justification: "…"`.',
      );
    }
  }
}
