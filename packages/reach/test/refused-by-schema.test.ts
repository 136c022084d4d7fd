import { describe, expect, test } from "vitest";
import { API, clusterOf, cnp, np } from "./fixtures.ts";

const rule = (spec: object) => cnp("apps/p", { endpointSelector: API, ...spec });
const ports = (port: object) => ({ ingress: [{ toPorts: [{ ports: [port] }] }] });
const egress = (item: object) => ({ egress: [item] });

/** The agent would take each of these, but the API server never lets it see them. */
describe("policies that the API server refuses by their schema", () => {
  test.each<[defect: string, spec: object, path: string]>([
    ["entity world-ipv4", { ingress: [{ fromEntities: ["world-ipv4"] }] }, "spec.ingress[0].fromEntities[0]"],
    ["bare address", egress({ toCIDR: ["10.1.2.3"] }), "spec.egress[0].toCIDR[0]"],
    [
      "protocol in small letters",
      ports({ port: "80", protocol: "tcp" }),
      "spec.ingress[0].toPorts[0].ports[0].protocol",
    ],
    ["protocol empty", ports({ port: "80", protocol: "" }), "spec.ingress[0].toPorts[0].ports[0].protocol"],
    ["endPort too large", ports({ port: "80", endPort: 65536 }), "spec.ingress[0].toPorts[0].ports[0].endPort"],
    ["endPort negative", ports({ port: "80", endPort: -1 }), "spec.ingress[0].toPorts[0].ports[0].endPort"],
    [
      "rules without http and dns",
      { ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules: {} }] }] },
      "spec.ingress[0].toPorts[0].rules",
    ],
    [
      "kafka rules of old",
      { ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules: { kafka: [{}] } }] }] },
      "spec.ingress[0].toPorts[0].rules",
    ],
    ["name with two dots", egress({ toFQDNs: [{ matchName: "a..b" }] }), "spec.egress[0].toFQDNs[0].matchName"],
    ["pattern of a dot", egress({ toFQDNs: [{ matchPattern: "." }] }), "spec.egress[0].toFQDNs[0].matchPattern"],
    ["neither name nor pattern", egress({ toFQDNs: [{}] }), "spec.egress[0].toFQDNs[0]"],
    [
      "authentication mode",
      { ingress: [{ authentication: { mode: "maybe" } }] },
      "spec.ingress[0].authentication.mode",
    ],
    ["authentication without mode", { ingress: [{ authentication: {} }] }, "spec.ingress[0].authentication"],
    ["description as number", { description: 1, ingress: [{}] }, "spec.description"],
    ["log value too long", { log: { value: "x".repeat(33) }, ingress: [{}] }, "spec.log.value"],
  ])("%s", (_defect, spec, path) => {
    const cluster = clusterOf([rule(spec)]);
    const refusals = cluster.diagnostics.filter(({ code }) => code === "policy-refused");
    expect(refusals).toMatchObject([
      { severity: "error", message: expect.stringContaining("the API server refuses it"), help: expect.any(String) },
    ]);
    expect(refusals[0]?.path).toMatch(path);
    // Without its rules there is no default deny either.
    expect(cluster.flow("data/db", "apps/api", "tcp/80").verdict).toBe("allowed");
  });

  test("a NetworkPolicy with a field of the wrong type", () => {
    const cluster = clusterOf([np("apps/p", { podSelector: { matchLabels: { app: 1 } } })]);
    expect(cluster.diagnostics).toMatchObject([{ code: "policy-refused" }]);
  });

  test("unknown fields are no refusal: what they were meant to do stays open", () => {
    const cluster = clusterOf([rule({ ingress: [{ fromEndpoint: [{}] }] })]);
    expect(cluster.diagnostics).toMatchObject([{ code: "unsupported-construct" }]);
  });
});
