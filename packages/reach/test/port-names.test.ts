import type { KubeObject } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { ccnp, clusterOf, cnp, np, pods } from "./fixtures.ts";

const named = { toPorts: [{ ports: [{ port: "metrics", protocol: "TCP" }] }] };
const sidecar = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "apps", name: "mesh", labels: { app: "mesh" } },
  spec: {
    containers: [{ name: "app", image: "app", ports: [{ name: "http", containerPort: 8080 }] }],
    initContainers: [
      { name: "proxy", image: "proxy", restartPolicy: "Always", ports: [{ name: "metrics", containerPort: 9090 }] },
      { name: "shadow", image: "x", restartPolicy: "Always", ports: [{ name: "http", containerPort: 80 }] },
    ],
  },
} as unknown as KubeObject;

describe("port names that Cilium does not read", () => {
  test("those of a sidecar among the init containers", () => {
    const allow = cnp("apps/p", { endpointSelector: { matchLabels: { app: "mesh" } }, ingress: [named] });
    expect(clusterOf([sidecar, allow]).flow("apps/web", "apps/mesh", "tcp/9090").verdict).toBe("denied");
    // The question may use the name all the same.
    expect(clusterOf([sidecar]).flow("apps/web", "apps/mesh", "tcp/metrics").verdict).toBe("allowed");
  });

  test("a sidecar does not take a name from a container", () => {
    const http = { toPorts: [{ ports: [{ port: "http", protocol: "TCP" }] }] };
    const allow = cnp("apps/p", { endpointSelector: { matchLabels: { app: "mesh" } }, ingress: [http] });
    const cluster = clusterOf([sidecar, allow]);
    expect(cluster.flow("apps/web", "apps/mesh", "tcp/8080").verdict).toBe("allowed");
    expect(cluster.flow("apps/web", "apps/mesh", "tcp/80").verdict).toBe("denied");
  });

  test("those of pods in the host network", () => {
    const node = pods("apps/exporter", { hostNetwork: true, ports: [{ name: "metrics", containerPort: 9100 }] });
    const allow = ccnp("p", { endpointSelector: { matchLabels: { app: "web" } }, egress: [named] });
    expect(clusterOf([node, allow]).flow("apps/web", "apps/exporter", "tcp/9100").verdict).toBe("denied");
  });

  test("other plugins read both", () => {
    const allow = np("apps/p", {
      podSelector: { matchLabels: { app: "mesh" } },
      ingress: [{ ports: [{ port: "metrics" }] }],
    });
    const cluster = clusterOf([sidecar, allow], { cni: "kubernetes" });
    expect(cluster.flow("apps/web", "apps/mesh", "tcp/9090").verdict).toBe("allowed");
  });
});
