import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import type { Report } from "./report.ts";

/** Cilium's `cluster.name` becomes part of every pod's identity. */
const CILIUM_NAME = 32;

/** The facts of the cluster agree with what the platform installs, and the repository's address holds no secret. */
export function checkCluster({ cluster, gitops, platform }: StackDeclaration, report: Report): void {
  if (platform?.cilium !== undefined && cluster.cni !== "cilium") {
    report(
      "stack/conflict",
      ["platform", "cilium"],
      `is installed, while \`cluster.cni\` is "${cluster.cni}".`,
      'Write `cni: "cilium"`, or leave `platform.cilium` out.',
    );
  }
  if (cluster.cni === "cilium" && cluster.name.length > CILIUM_NAME) {
    report("stack/conflict", ["cluster", "name"], `has more than the ${CILIUM_NAME} characters that Cilium takes.`);
  }
  // `git@host:path` names a user; a password is only in a URL, and this one would be in every Application.
  if (URL.canParse(gitops.repo) && new URL(gitops.repo).password !== "") {
    report(
      "stack/conflict",
      ["gitops", "repo"],
      "holds a password, which would be rendered in plain text.",
      "Leave it out, and give Argo CD a repository Secret.",
    );
  }
}
