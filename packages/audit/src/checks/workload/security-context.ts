import type { Workload } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import { containersOf, podSpecOf } from "../../internal/containers.ts";
import { enumerate } from "../../internal/documents.ts";
import { listOf, mapOf } from "../../internal/read.ts";

/** A container without the settings of the Pod Security profile `restricted`. */
export const securityContext = defineCheck(
  {
    id: "security-context",
    title: "Container without a restrictive securityContext",
    severity: "warning",
    rationale:
      "By default a container runs as the image's user (often root), may gain privileges, keeps a set of capabilities and has no seccomp filter. Each of these turns a bug in the program into a way to the node.",
    fix: "Set runAsNonRoot, seccompProfile RuntimeDefault, allowPrivilegeEscalation false and capabilities.drop [ALL]; a container that needs more says so in an annotation with its reason.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
    fixtures: { before: ["apps/security-context-missing.yaml"], clean: ["deployment.yaml"] },
  },
  function* ({ workloads }) {
    for (const workload of workloads) {
      for (const { container, path } of containersOf(workload)) {
        const missing = missingSettings(workload, container);
        if (missing.length === 0) continue;
        const set = container["securityContext"] !== undefined;
        yield {
          document: workload.document,
          path: set ? [...path, "securityContext"] : path,
          message: `container \`${String(container["name"] ?? "")}\` ${set ? "lacks" : "has no securityContext: it lacks"} ${enumerate(missing)}`,
        };
      }
    }
  },
);

function missingSettings(workload: Workload, container: Readonly<Record<string, unknown>>): string[] {
  const pod = mapOf(podSpecOf(workload)["securityContext"]);
  const own = mapOf(container["securityContext"]);
  const seccomp = mapOf(own["seccompProfile"] ?? pod["seccompProfile"])["type"];
  const dropped = listOf(mapOf(own["capabilities"])["drop"]);
  return [
    ...(own["privileged"] === true ? ["privileged: false"] : []),
    ...((own["runAsNonRoot"] ?? pod["runAsNonRoot"]) === true ? [] : ["runAsNonRoot"]),
    ...(seccomp === "RuntimeDefault" || seccomp === "Localhost" ? [] : ["seccompProfile"]),
    ...(own["allowPrivilegeEscalation"] === false ? [] : ["allowPrivilegeEscalation: false"]),
    ...(dropped.some((capability) => String(capability).toUpperCase() === "ALL") ? [] : ["capabilities.drop: [ALL]"]),
  ];
}
