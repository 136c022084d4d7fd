import { describe, expect, it } from "vitest";
import {
  ciliumClusterwideNetworkPolicy,
  ciliumNetworkPolicy,
  networkPolicy,
  tracingPolicy,
  tracingPolicyNamespaced,
} from "../../src/index.ts";

const everyPod = { matchExpressions: [{ key: "k8s:io.kubernetes.pod.namespace", operator: "Exists" as const }] };

describe("networkPolicy", () => {
  it("derives policyTypes from the directions given", () => {
    expect(networkPolicy({ name: "x", namespace: "a", labels: { team: "me" }, egress: [] })).toEqual({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "x", namespace: "a", labels: { team: "me" } },
      spec: { podSelector: {}, egress: [], policyTypes: ["Egress"] },
    });
    expect(networkPolicy({ name: "x", namespace: "a", spec: { ingress: [] } }).spec?.policyTypes).toEqual(["Ingress"]);
  });

  it("refuses a policy whose only effect would be to deny all ingress", () => {
    expect(() => networkPolicy({ name: "x", namespace: "a" })).toThrow("give ingress, egress or spec.policyTypes");
    expect(networkPolicy({ name: "x", namespace: "a", spec: { policyTypes: ["Ingress"] } }).spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress"],
    });
  });

  it("refuses names the API server would refuse", () => {
    expect(() => networkPolicy({ name: "X", namespace: "a", ingress: [] })).toThrow('name: "X" is not an object name');
    expect(() => networkPolicy({ name: "x", namespace: "a.b", ingress: [] })).toThrow(
      "is not a name of lower-case letters",
    );
  });
});

describe("ciliumNetworkPolicy", () => {
  it("merges the passthrough last", () => {
    const object = ciliumNetworkPolicy({
      name: "x",
      namespace: "a",
      egressDeny: [{ toEntities: ["world"] }],
      enableDefaultDeny: { egress: false },
      description: "no world",
      spec: { description: "no world at all", log: { value: "x" } },
    });
    expect(object.spec).toEqual({
      description: "no world at all",
      endpointSelector: {},
      egressDeny: [{ toEntities: ["world"] }],
      enableDefaultDeny: { egress: false },
      log: { value: "x" },
    });
  });

  it("refuses a rule without rules, which the agent drops", () => {
    expect(() => ciliumNetworkPolicy({ name: "x", namespace: "a", ingress: [] })).toThrow("give at least one rule");
  });
});

describe("ciliumClusterwideNetworkPolicy", () => {
  it("selects pods or nodes", () => {
    const pods = ciliumClusterwideNetworkPolicy({ name: "x", endpointSelector: everyPod, egress: [{}] });
    expect(pods).toEqual({
      apiVersion: "cilium.io/v2",
      kind: "CiliumClusterwideNetworkPolicy",
      metadata: { name: "x" },
      spec: { endpointSelector: everyPod, egress: [{}] },
    });
    const nodes = ciliumClusterwideNetworkPolicy({
      name: "x",
      nodeSelector: {},
      ingress: [{ fromEntities: ["cluster"] }],
    });
    expect(nodes.spec).toEqual({ nodeSelector: {}, ingress: [{ fromEntities: ["cluster"] }] });
  });

  it.each([
    ["no selector", { egress: [{}] }, "give either endpointSelector or nodeSelector"],
    [
      "both",
      { endpointSelector: everyPod, nodeSelector: {}, spec: { endpointSelector: everyPod }, egress: [{}] },
      "give either",
    ],
    ["an empty endpointSelector", { endpointSelector: {}, egress: [{}] }, "health and ingress endpoints"],
    ["no rules", { endpointSelector: everyPod }, "give at least one rule"],
  ])("refuses %s", (_, options, message) => {
    expect(() => ciliumClusterwideNetworkPolicy({ name: "x", ...options })).toThrow(message);
  });
});

describe("tracing policies", () => {
  it("pass the spec through", () => {
    const spec = { podSelector: {}, kprobes: [{ call: "sys_setuid", args: [{ index: 0, type: "int" as const }] }] };
    expect(tracingPolicy({ name: "x", spec })).toEqual({
      apiVersion: "cilium.io/v1alpha1",
      kind: "TracingPolicy",
      metadata: { name: "x" },
      spec,
    });
    expect(tracingPolicyNamespaced({ name: "x", namespace: "a", spec })).toEqual({
      apiVersion: "cilium.io/v1alpha1",
      kind: "TracingPolicyNamespaced",
      metadata: { name: "x", namespace: "a" },
      spec,
    });
  });
});
