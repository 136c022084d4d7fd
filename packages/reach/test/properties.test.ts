import type { KubeObject } from "@idstack/manifests";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCluster } from "../src/index.ts";
import { BASE, ccnp, cnp, np } from "./fixtures.ts";

const RUNS = { numRuns: process.env["SLOW"] === undefined ? 150 : 5000 };
const PARTIES = [
  "apps/web",
  "apps/api",
  "data/db",
  "entity:host",
  "entity:remote-node",
  "entity:kube-apiserver",
  "ip:10.1.2.3",
  "ip:1.1.1.1",
];
const FACTS = {
  cni: "cilium",
  apiServer: "192.168.1.10",
  nodes: ["192.168.1.10", "192.168.1.11"],
  podCidr: "10.42.0.0/16",
} as const;

const app = fc.constantFrom("web", "api", "db", "gone");
const selector = fc.oneof(
  fc.constant({}),
  app.map((name) => ({ matchLabels: { app: name } })),
  app.map((name) => ({ matchExpressions: [{ key: "app", operator: "NotIn", values: [name] }] })),
);
const anywhere = app.map((name) => ({
  matchLabels: { app: name },
  matchExpressions: [{ key: "k8s:io.kubernetes.pod.namespace", operator: "Exists" }],
}));
const block = fc.constantFrom(
  { cidr: "10.0.0.0/8" },
  { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] },
  { cidr: "0.0.0.0/0" },
  { cidr: "1.1.1.1/32" },
);
const entities = fc.subarray(["world", "cluster", "host", "remote-node", "kube-apiserver", "all"], { maxLength: 2 });
const peer = (key: "from" | "to") =>
  fc.oneof(
    fc.constant({}),
    fc.array(fc.oneof(selector, anywhere), { maxLength: 2 }).map((list) => ({ [`${key}Endpoints`]: list })),
    entities.map((list) => ({ [`${key}Entities`]: list })),
    fc.array(block, { maxLength: 2 }).map((list) => ({ [`${key}CIDRSet`]: list })),
  );
const port = fc.record({
  port: fc.constantFrom("80", "8080", "http", "0"),
  protocol: fc.constantFrom("TCP", "UDP", "ANY"),
});
const ports = fc.oneof(
  fc.constant({}),
  fc.array(port, { maxLength: 2 }).map((list) => ({ toPorts: [{ ports: list }] })),
  fc.constant({ icmps: [{ fields: [{ type: 8 }] }] }),
);
const items = (key: "from" | "to") =>
  fc.array(
    fc.tuple(peer(key), ports).map(([who, on]) => ({ ...who, ...on })),
    { minLength: 1, maxLength: 2 },
  );
const section = fc.oneof(
  items("from").map((list) => ({ ingress: list })),
  items("to").map((list) => ({ egress: list })),
  items("from").map((list) => ({ ingressDeny: list })),
  items("to").map((list) => ({ egressDeny: list })),
);
const allowOnly = fc.oneof(
  items("from").map((list) => ({ ingress: list })),
  items("to").map((list) => ({ egress: list })),
);
const optOut = { enableDefaultDeny: { ingress: false, egress: false } };
const rule = (body: fc.Arbitrary<object>) =>
  fc.tuple(selector, body).map(([endpointSelector, lists]) => ({ endpointSelector, ...lists }));
const named = (make: (name: string, spec: object) => KubeObject, spec: fc.Arbitrary<object>, prefix: string) =>
  fc.tuple(fc.nat(1e6), spec).map(([number, body]) => make(`${prefix}${number}`, body));
const kubernetes = fc
  .tuple(
    selector,
    fc.constantFrom(["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    fc.array(selector, { maxLength: 2 }),
  )
  .map(([podSelector, policyTypes, list]) => ({
    podSelector,
    policyTypes,
    ingress: list.length === 0 ? [] : [{ from: list.map((each) => ({ podSelector: each })) }],
  }));
const policy: fc.Arbitrary<KubeObject> = fc.oneof(
  named((name, spec) => cnp(`apps/${name}`, spec), rule(section), "a"),
  named((name, spec) => cnp(`data/${name}`, spec), rule(section), "d"),
  named(ccnp, rule(section), "c"),
  named((name, spec) => np(`apps/${name}`, spec), kubernetes, "n"),
);
const policies = fc.uniqueArray(policy, { maxLength: 5, selector: (each) => each.metadata?.name });
const question = fc.record({
  from: fc.constantFrom(...PARTIES),
  to: fc.constantFrom(...PARTIES),
  port: fc.constantFrom("tcp/80", "tcp/8080", "udp/80", "sctp/8080", "icmp/8", "icmp/0"),
});

const ask = (objects: readonly KubeObject[], { from, to, port }: { from: string; to: string; port: string }) =>
  createCluster({ objects: [...BASE, ...objects], facts: FACTS }).flow(from, to, port);
const verdicts = (objects: readonly KubeObject[], q: { from: string; to: string; port: string }) =>
  ask(objects, q).pairs.map((pair) => pair.verdict);

describe("for all clusters", () => {
  test("the order of policies never matters", () => {
    fc.assert(
      fc.property(policies, question, fc.infiniteStream(fc.nat()), (list, q, random) => {
        const shuffled = list
          .map((each) => ({ each, at: random.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        expect(verdicts(shuffled, q)).toEqual(verdicts(list, q));
      }),
      RUNS,
    );
  });

  test("an allow that does not turn default deny on never denies what was allowed", () => {
    fc.assert(
      fc.property(policies, rule(allowOnly), question, (list, spec, q) => {
        const before = verdicts(list, q);
        const after = verdicts([...list, ccnp("more", { ...spec, ...optOut })], q);
        expect(after.map((verdict, index) => before[index] === "allowed" && verdict !== "allowed")).not.toContain(true);
      }),
      RUNS,
    );
  });

  test("an allow under default deny only ever adds", () => {
    fc.assert(
      fc.property(policies, rule(allowOnly), question, (list, spec, q) => {
        const closed = ccnp("closed", { endpointSelector: {}, ingress: [{}], egress: [{}] });
        const before = verdicts([...list, closed], q);
        const after = verdicts([...list, closed, ccnp("more", spec)], q);
        expect(after.map((verdict, index) => before[index] === "allowed" && verdict !== "allowed")).not.toContain(true);
      }),
      RUNS,
    );
  });

  test("a deny only ever takes away, and what it matches is denied whatever else allows it", () => {
    fc.assert(
      fc.property(policies, question, (list, q) => {
        const deny = ccnp("deny", {
          endpointSelector: {},
          ...optOut,
          ingressDeny: [{ fromEntities: ["all"] }],
          egressDeny: [{ toEntities: ["all"] }],
        });
        const pods = q.from.includes("/") || q.to.includes("/");
        for (const verdict of verdicts([...list, deny], q)) expect(verdict).toBe(pods ? "denied" : "allowed");
      }),
      RUNS,
    );
  });

  test("several rules in one policy are several policies", () => {
    fc.assert(
      fc.property(fc.array(rule(section), { minLength: 1, maxLength: 4 }), question, (specs, q) => {
        const together = [cnp("apps/p", specs)];
        const apart = specs.map((spec, index) => cnp(`apps/p${index}`, spec));
        expect(verdicts(together, q)).toEqual(verdicts(apart, q));
      }),
      RUNS,
    );
  });

  test("a policy twice is the policy once", () => {
    fc.assert(
      fc.property(policies, question, (list, q) => {
        const copies = list.map((each) => ({
          ...each,
          metadata: { ...each.metadata, name: `copy-${each.metadata?.name}` },
        }));
        expect(verdicts([...list, ...copies], q)).toEqual(verdicts(list, q));
      }),
      RUNS,
    );
  });

  test("an answer for all ports sums up the answers for each", () => {
    fc.assert(
      fc.property(policies, question, (list, q) => {
        const cluster = createCluster({ objects: [...BASE, ...list], facts: FACTS });
        const whole = cluster.flow(q.from, q.to).verdict;
        const one = cluster.flow(q.from, q.to, q.port).verdict;
        if (whole !== "mixed") expect(one).toBe(whole);
      }),
      RUNS,
    );
  });

  test("every denied side names a rule, every allowed one says why", () => {
    fc.assert(
      fc.property(policies, question, (list, q) => {
        for (const { egress, ingress, verdict } of ask(list, q).pairs) {
          expect(verdict === "denied").toBe(egress.verdict === "denied" || ingress.verdict === "denied");
          for (const side of [egress, ingress]) {
            if (side.verdict === "denied") expect(side.rules.length).toBeGreaterThan(0);
            if (side.reason === "allow-rule") expect(side.rules.length).toBeGreaterThan(0);
            expect(side.text).not.toBe("");
          }
        }
      }),
      RUNS,
    );
  });

  test("with neither facts nor objects missing, nothing stays open", () => {
    fc.assert(
      fc.property(policies, question, (list, q) => {
        expect(verdicts(list, q)).not.toContain("unknown");
      }),
      RUNS,
    );
  });
});
