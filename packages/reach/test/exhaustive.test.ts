import { expect, test } from "vitest";
import { createCluster } from "../src/index.ts";
import { cnp, pods } from "./fixtures.ts";

/**
 * Every cluster with up to two rules over a small language, against a model that is nothing but sets: who asks on
 * which port. It shares no code with the evaluator.
 */
const NAMES = ["a", "b"];
const PORTS = [80, 81];
const PEERS: Record<string, { written: object; means: string[] }> = {
  a: { written: { fromEndpoints: [{ matchLabels: { app: "a" } }] }, means: ["a"] },
  b: { written: { fromEndpoints: [{ matchLabels: { app: "b" } }] }, means: ["b"] },
  pods: { written: { fromEndpoints: [{}] }, means: ["a", "b"] },
  all: { written: { fromEntities: ["all"] }, means: ["a", "b", "world"] },
  nobody: { written: { fromEndpoints: [] }, means: [] },
};
const ON: Record<string, { written: object; means: number[] }> = {
  any: { written: {}, means: PORTS },
  "80": { written: { toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }] }, means: [80] },
};
const RULES = ["ingress", "ingressDeny"].flatMap((section) =>
  Object.values(PEERS).flatMap((peer) =>
    Object.values(ON).map((on) => ({
      section,
      item: { ...peer.written, ...on.written },
      who: peer.means,
      ports: on.means,
    })),
  ),
);
type Rule = (typeof RULES)[number];

function model(rules: readonly Rule[], who: string, port: number): "allowed" | "denied" {
  const hits = rules.filter((rule) => rule.who.includes(who) && rule.ports.includes(port));
  if (hits.some((rule) => rule.section === "ingressDeny")) return "denied";
  if (hits.length > 0 || rules.length === 0) return "allowed";
  return "denied";
}

function* upToTwo(): Generator<Rule[]> {
  yield [];
  for (const first of RULES) {
    yield [first];
    for (const second of RULES) yield [first, second];
  }
}

test("every cluster of up to two rules", () => {
  let decisions = 0;
  let denied = 0;
  for (const rules of upToTwo()) {
    const policies = rules.map((rule, index) =>
      cnp(`ns/p${index}`, { endpointSelector: { matchLabels: { app: "b" } }, [rule.section]: [rule.item] }),
    );
    const cluster = createCluster({
      objects: [...NAMES.map((name) => pods(`ns/${name}`)), ...policies],
      facts: { cni: "cilium" },
    });
    for (const [who, party] of [
      ["a", "ns/a"],
      ["b", "ns/b"],
      ["world", "ip:1.1.1.1"],
    ] as const) {
      for (const port of PORTS) {
        const expected = model(rules, who, port);
        const got = cluster.flow(party, "ns/b", port).verdict;
        if (got !== expected) expect({ rules, who, port, got }).toEqual({ rules, who, port, got: expected });
        decisions += 1;
        denied += got === "denied" ? 1 : 0;
      }
    }
  }
  expect(decisions).toBe((1 + 20 + 400) * 6);
  // Both answers must be common, or the comparison proves little.
  expect(denied / decisions).toBeGreaterThan(0.3);
  expect(denied / decisions).toBeLessThan(0.9);
});
