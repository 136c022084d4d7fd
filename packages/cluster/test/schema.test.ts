import { validate } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import {
  clusterRole,
  clusterRoleBinding,
  deployment,
  namespace,
  role,
  roleBinding,
  service,
  serviceAccount,
} from "../src/index.ts";

const head = { name: "web", namespace: "apps" };
const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }];
const image = "ghcr.io/me/web:1.4.2";

describe("what the builders make is what the API server takes", () => {
  it.each([
    ["namespace", namespace({ name: "apps", podSecurity: "restricted" })],
    ["serviceAccount", serviceAccount(head)],
    ["role", role({ ...head, rules })],
    ["clusterRole", clusterRole({ name: "web", rules, allowWildcard: "why" })],
    ["roleBinding", roleBinding({ ...head, role: "web", subjects: ["apps/web", { user: "me" }] })],
    ["clusterRoleBinding", clusterRoleBinding({ name: "web", clusterRole: "web", subjects: [{ group: "g" }] })],
    ["service", service({ ...head, port: 443, targetPort: 8443, appProtocol: "https" })],
    [
      "deployment",
      deployment({
        ...head,
        image,
        port: { https: 8443, health: 8080 },
        env: { A: "b", C: { secret: "s", key: "k" }, D: { configMap: "m", key: "k" }, E: { field: "status.podIP" } },
        envFromSecrets: ["more"],
        probe: { path: "/ready", port: 8080, scheme: "HTTP" },
        user: 1000,
        fsGroup: 1000,
        spiffe: true,
      }),
    ],
  ])("%s", (_, object) => expect(validate([object])).toEqual([]));
});

describe("a misspelt field in the passthrough is found", () => {
  const spelling = {
    // @ts-expect-error finalizers
    namespace: namespace({ name: "apps", podSecurity: "restricted", spec: { finalizer: [] } }),
    // @ts-expect-error sessionAffinity
    service: service({ ...head, port: 80, spec: { sesionAffinity: "None" } }),
    // @ts-expect-error strategy
    spec: deployment({ ...head, image, spec: { strategie: {} } }),
    // @ts-expect-error hostNetwork
    pod: deployment({ ...head, image, pod: { hostNetwrk: true } }),
    // @ts-expect-error livenessProbe
    container: deployment({ ...head, image, container: { livenesProbe: {} } }),
    // @ts-expect-error resourceNames
    role: role({ ...head, rules: [{ ...rules[0], verbs: ["get"], resourceName: ["web"] }] }),
  };
  it.each([
    ["namespace", "spec.finalizer"],
    ["service", "spec.sesionAffinity"],
    ["spec", "spec.strategie"],
    ["pod", "spec.template.spec.hostNetwrk"],
    ["container", "spec.template.spec.containers[0].livenesProbe"],
    ["role", "rules[0].resourceName"],
  ] as const)("%s", (key, path) => {
    expect(validate([spelling[key]]).map((diagnostic) => [diagnostic.severity, diagnostic.path])).toEqual([
      ["error", path],
    ]);
  });
});
