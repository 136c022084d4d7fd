import { describe, expect, it } from "vitest";
import { namespace, serviceAccount } from "../src/index.ts";

describe("namespace", () => {
  it("enforces the profile and warns about the strictest one", () => {
    expect(namespace({ name: "apps", podSecurity: "baseline", version: "v1.36", labels: { team: "me" } })).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "apps",
        labels: {
          team: "me",
          "pod-security.kubernetes.io/enforce": "baseline",
          "pod-security.kubernetes.io/enforce-version": "v1.36",
          "pod-security.kubernetes.io/audit": "restricted",
          "pod-security.kubernetes.io/audit-version": "v1.36",
          "pod-security.kubernetes.io/warn": "restricted",
          "pod-security.kubernetes.io/warn-version": "v1.36",
        },
      },
    });
  });

  it("can warn about less, where everything in it is privileged", () => {
    const labels = namespace({ name: "infra", podSecurity: "privileged", warn: "privileged" }).metadata?.labels;
    expect(labels?.["pod-security.kubernetes.io/warn"]).toBe("privileged");
    expect(labels?.["pod-security.kubernetes.io/enforce-version"]).toBe("latest");
  });

  it.each([
    ["a version admission would not know", { name: "apps", version: "1.36" }, 'neither "latest" nor'],
    ["a name that is none", { name: "Apps" }, "is not a name"],
    [
      "a label that would contradict",
      { name: "apps", labels: { "pod-security.kubernetes.io/enforce": "x" } },
      "podSecurity",
    ],
  ])("refuses %s", (_, options, message) => {
    expect(() => namespace({ podSecurity: "restricted", ...options })).toThrow(message);
  });
});

describe("serviceAccount", () => {
  it("hands out no token", () => {
    expect(serviceAccount({ name: "web", namespace: "apps" })).toEqual({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "web", namespace: "apps" },
      automountServiceAccountToken: false,
    });
    expect(serviceAccount({ name: "a", namespace: "b", automountToken: true }).automountServiceAccountToken).toBe(true);
  });
});
