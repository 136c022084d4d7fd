import type { KubeObject } from "@idstack/manifests";
import { expect, test } from "vitest";
import { clusterOf, cnp } from "./fixtures.ts";

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "apps", name: "api" },
  spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: 8080 }] },
} as unknown as KubeObject;
const deny = (item: object) =>
  clusterOf([
    service,
    cnp("apps/p", {
      endpointSelector: { matchLabels: { app: "web" } },
      enableDefaultDeny: { egress: false },
      egressDeny: [{ toServices: [{ k8sService: { serviceName: "api", namespace: "apps" } }], ...item }],
    }),
  ]);

test("toServices in a deny rule is not resolved: without ports it denies nothing", () => {
  const cluster = deny({});
  expect(cluster.flow("apps/web", "apps/api", "tcp/8080").verdict).toBe("allowed");
  expect(cluster.diagnostics).toMatchObject([{ code: "deny-services", path: "spec.egressDeny[0].toServices" }]);
});

test("toServices in a deny rule with ports denies everyone on them", () => {
  const cluster = deny({ toPorts: [{ ports: [{ port: "8080", protocol: "TCP" }] }] });
  expect(cluster.flow("apps/web", "apps/api", "tcp/8080").verdict).toBe("denied");
  expect(cluster.flow("apps/web", "data/db", "tcp/8080").verdict).toBe("denied");
  expect(cluster.flow("apps/web", "apps/api", "tcp/80").verdict).toBe("allowed");
});

test("the same in an allow rule means the pods behind the Service", () => {
  const cluster = clusterOf([
    service,
    cnp("apps/p", {
      endpointSelector: { matchLabels: { app: "web" } },
      egress: [{ toServices: [{ k8sService: { serviceName: "api", namespace: "apps" } }] }],
    }),
  ]);
  expect(cluster.flow("apps/web", "apps/api", "tcp/8080").verdict).toBe("allowed");
  expect(cluster.flow("apps/web", "data/db", "tcp/8080").verdict).toBe("denied");
});
