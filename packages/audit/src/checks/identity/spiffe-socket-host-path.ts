import { defineCheck } from "../../check.ts";
import { containersOf, podSpecOf } from "../../internal/containers.ts";
import { listOf, mapOf, textOf } from "../../internal/read.ts";

const socketPath = /(^|\/)(spire|spiffe)[^/]*(\/|$)|spire-agent\.sock/;
const socketOwner = /spire-agent|spiffe-csi-driver/;

/** A workload that mounts the SPIRE agent's socket from the host. */
export const spiffeSocketHostPath = defineCheck(
  {
    id: "spiffe-socket-host-path",
    title: "SPIRE agent socket mounted by hostPath",
    severity: "error",
    rationale:
      "hostPath volumes are forbidden by the Pod Security profiles baseline and restricted, so the namespace has to be privileged for every pod in it only to reach a socket.",
    fix: "Mount the Workload API through the SPIFFE CSI driver: csi: { driver: csi.spiffe.io, readOnly: true }.",
    references: ["https://github.com/spiffe/spiffe-csi"],
    fixtures: { before: ["apps/agent-socket-by-host-path.yaml"], clean: ["deployment.yaml"] },
  },
  function* ({ workloads }) {
    for (const workload of workloads) {
      // The agent and the CSI driver make the socket: they alone have to see the host's directory.
      if ([...containersOf(workload)].some(({ container }) => socketOwner.test(textOf(container["image"]) ?? "")))
        continue;
      for (const [index, volume] of listOf(podSpecOf(workload)["volumes"]).entries()) {
        const hostPath = textOf(mapOf(mapOf(volume)["hostPath"])["path"]);
        if (hostPath === undefined || !socketPath.test(hostPath)) continue;
        yield {
          document: workload.document,
          path: [...workload.podSpecPath, "volumes", index, "hostPath"],
          message: `the pod mounts ${hostPath} of the node to reach the SPIRE agent`,
        };
      }
    }
  },
);
