import { describe, expect, test } from "vitest";
import { API, ccnp, clusterOf, cnp, namespace, np, pods, verdict } from "./fixtures.ts";

const from = (peer: unknown) => [cnp("apps/p", { endpointSelector: API, ingress: [{ fromEndpoints: [peer] }] })];
const who = (policies: Parameters<typeof verdict>[0]) => [
  verdict(policies, "apps/web", "apps/api", "tcp/8080"),
  verdict(policies, "data/db", "apps/api", "tcp/8080"),
];
const NS = "io.kubernetes.pod.namespace";

describe("whom a policy governs", () => {
  test("a CNP governs its own namespace only", () => {
    const policies = [cnp("data/p", { endpointSelector: {}, ingress: [{}] })];
    expect(verdict(policies, "apps/web", "apps/api", "tcp/8080")).toBe("allowed");
    expect(verdict(policies, "apps/web", "data/db", "tcp/8080")).toBe("denied");
  });

  test("another namespace in its endpointSelector does not move it", () => {
    const replaced = [cnp("data/p", { endpointSelector: { matchLabels: { [`k8s:${NS}`]: "apps" } }, ingress: [{}] })];
    expect(verdict(replaced, "apps/web", "apps/api", "tcp/8080")).toBe("allowed");
    expect(verdict(replaced, "apps/web", "data/db", "tcp/8080")).toBe("denied");
    // Written without the source, or as an expression, both conditions must hold, which no pod can.
    for (const selector of [
      { matchLabels: { [NS]: "apps" } },
      { matchExpressions: [{ key: `k8s:${NS}`, operator: "In", values: ["apps"] }] },
    ]) {
      const nobody = [cnp("data/p", { endpointSelector: selector, ingress: [{}] })];
      expect(verdict(nobody, "apps/web", "data/db", "tcp/8080")).toBe("allowed");
      expect(verdict(nobody, "data/db", "apps/api", "tcp/8080")).toBe("allowed");
    }
  });

  test("a CCNP governs pods everywhere, Cilium's own endpoints too, and never nodes", () => {
    const policies = [ccnp("p", { endpointSelector: {}, ingress: [{}] })];
    expect(verdict(policies, "apps/web", "data/db")).toBe("denied");
    expect(verdict(policies, "apps/web", "entity:health")).toBe("denied");
    expect(verdict(policies, "entity:world", "entity:ingress", "tcp/443")).toBe("denied");
    expect(verdict(policies, "apps/web", "entity:host")).toBe("allowed");
    expect(verdict(policies, "apps/web", "entity:unmanaged")).toBe("allowed");
    expect(verdict(policies, "apps/web", "entity:world")).toBe("allowed");
  });

  test("no selector governs a pod in the host network", () => {
    const cni = pods("apps/cni", { hostNetwork: true });
    expect(verdict([cni, cnp("apps/p", { endpointSelector: {}, ingress: [{}] })], "data/db", "apps/cni")).toBe(
      "allowed",
    );
    expect(verdict([cni, ...from({ matchLabels: { app: "cni" } })], "apps/cni", "apps/api", "tcp/8080")).toBe("mixed");
  });
});

describe("peers of a CNP", () => {
  test("stay in its namespace", () => {
    expect(who(from({}))).toEqual(["allowed", "denied"]);
    expect(who(from({ matchLabels: { app: "db" } }))).toEqual(["denied", "denied"]);
  });

  test.each([
    ["its name", { matchLabels: { [`k8s:${NS}`]: "data" } }, ["denied", "allowed"]],
    ["its name without a source", { matchLabels: { [NS]: "data", app: "db" } }, ["denied", "allowed"]],
    ["existence", { matchExpressions: [{ key: `k8s:${NS}`, operator: "Exists" }] }, ["allowed", "allowed"]],
    ["a list", { matchExpressions: [{ key: NS, operator: "In", values: ["data", "x"] }] }, ["denied", "allowed"]],
    ["a label of it", { matchLabels: { "k8s:io.cilium.k8s.namespace.labels.team": "b" } }, ["denied", "allowed"]],
    [
      "its own name label",
      { matchLabels: { "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": "data" } },
      ["denied", "allowed"],
    ],
    ["exclusion", { matchExpressions: [{ key: NS, operator: "NotIn", values: ["apps"] }] }, ["denied", "allowed"]],
  ])("cross namespaces when they name the namespace by %s", (_how, peer, expected) => {
    expect(who(from(peer))).toEqual(expected);
  });

  test("a reserved label turns scoping off", () => {
    expect(
      verdict(from({ matchLabels: { "reserved:remote-node": "" } }), "entity:remote-node", "apps/api", "tcp/8080"),
    ).toBe("allowed");
    expect(who(from({ matchExpressions: [{ key: "reserved:host", operator: "DoesNotExist" }] }))).toEqual([
      "allowed",
      "allowed",
    ]);
  });

  test("mean the local cluster unless they name another", () => {
    expect(who(from({ matchLabels: { "io.cilium.k8s.policy.cluster": "other" } }))).toEqual(["denied", "denied"]);
    expect(who(from({ matchLabels: { "io.cilium.k8s.policy.cluster": "default" } }))).toEqual(["allowed", "denied"]);
    expect(verdict(from({}), "apps/web", "apps/api", "tcp/8080", {}, { clusterName: "home" })).toBe("allowed");
  });

  test("are pods, even when they ask for none of the namespaces", () => {
    const policies = from({ matchExpressions: [{ key: NS, operator: "DoesNotExist" }] });
    for (const party of ["apps/web", "entity:remote-node", "entity:world", "entity:health"]) {
      expect(verdict(policies, party, "apps/api", "tcp/8080")).toBe("denied");
    }
  });

  test("see the service account", () => {
    const account = pods("apps/job", { serviceAccountName: "runner" });
    const policies = [account, ...from({ matchLabels: { "io.cilium.k8s.policy.serviceaccount": "runner" } })];
    expect(verdict(policies, "apps/job", "apps/api", "tcp/8080")).toBe("allowed");
    expect(verdict(policies, "apps/web", "apps/api", "tcp/8080")).toBe("denied");
  });

  test.each([
    ["In", { operator: "In", values: ["web", "x"] }, "allowed"],
    ["NotIn", { operator: "NotIn", values: ["web"] }, "denied"],
    ["NotIn of something else", { operator: "NotIn", values: ["x"] }, "allowed"],
    ["Exists", { operator: "Exists" }, "allowed"],
    ["DoesNotExist", { operator: "DoesNotExist" }, "denied"],
  ])("expression %s", (_name, expression, expected) => {
    expect(who(from({ matchExpressions: [{ key: "app", ...expression }] }))[0]).toBe(expected);
  });

  test("every condition must hold", () => {
    expect(who(from({ matchLabels: { app: "web", tier: "x" } }))[0]).toBe("denied");
  });

  test("of a CCNP are pods of any namespace", () => {
    const policies = [
      ccnp("p", { endpointSelector: API, ingress: [{ fromEndpoints: [{ matchLabels: { app: "db" } }] }] }),
    ];
    expect(who(policies)).toEqual(["denied", "allowed"]);
  });
});

describe("labels that are no part of the identity", () => {
  test.each([
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
    "kubernetes.io/os",
    "topology.kubernetes.io/zone",
    "x.beta.kubernetes.io/y",
    "annotation.x",
  ])("%s never matches under Cilium", (key) => {
    const labelled = pods("apps/job", { labels: { [key]: "x" } });
    expect(verdict([labelled, ...from({ matchLabels: { [key]: "x" } })], "apps/job", "apps/api", "tcp/8080")).toBe(
      "denied",
    );
    expect(
      verdict(
        [labelled, ...from({ matchExpressions: [{ key, operator: "DoesNotExist" }] })],
        "apps/job",
        "apps/api",
        "tcp/8080",
      ),
    ).toBe("allowed");
  });

  test.each(["app.kubernetes.io/name", "example.com/x", "my-annotation"])("%s does", (key) => {
    const labelled = pods("apps/job", { labels: { [key]: "x" } });
    expect(verdict([labelled, ...from({ matchLabels: { [key]: "x" } })], "apps/job", "apps/api", "tcp/8080")).toBe(
      "allowed",
    );
  });

  test("do match where another plugin enforces", () => {
    const labelled = pods("apps/job", { labels: { "topology.kubernetes.io/zone": "x" } });
    const policies = [
      labelled,
      np("apps/p", {
        podSelector: API,
        ingress: [{ from: [{ podSelector: { matchLabels: { "topology.kubernetes.io/zone": "x" } } }] }],
      }),
    ];
    expect(verdict(policies, "apps/job", "apps/api", "tcp/8080", {}, { cni: "kubernetes" })).toBe("allowed");
    expect(verdict(policies, "apps/job", "apps/api", "tcp/8080", {}, { cni: "cilium" })).toBe("denied");
  });
});

describe("labels that the documents do not settle", () => {
  test("of a namespace that is not among the objects", () => {
    const far = pods("far/job");
    const policies = [far, ...from({ matchLabels: { "io.cilium.k8s.namespace.labels.team": "c" } })];
    const result = clusterOf(policies).flow("far/job", "apps/api", "tcp/8080");
    expect(result.verdict).toBe("unknown");
    expect(result.reasons[0]).toMatch(/depends on CiliumNetworkPolicy apps\/p spec.ingress\[0\]/);
    expect(verdict([namespace("far", { team: "c" }), ...policies], "far/job", "apps/api", "tcp/8080")).toBe("allowed");
    expect(verdict([namespace("far"), ...policies], "far/job", "apps/api", "tcp/8080")).toBe("denied");
    const byName = [
      far,
      ...from({ matchLabels: { "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": "far" } }),
    ];
    expect(verdict(byName, "far/job", "apps/api", "tcp/8080")).toBe("allowed");
  });

  test("of pods that a CronJob will name", () => {
    const policies = [
      pods("apps/nightly", { kind: "CronJob" }),
      ...from({ matchExpressions: [{ key: "job-name", operator: "Exists" }] }),
    ];
    expect(verdict(policies, "apps/nightly", "apps/api", "tcp/8080")).toBe("unknown");
    expect(
      verdict(
        [pods("apps/once", { kind: "Job" }), ...from({ matchLabels: { "job-name": "once" } })],
        "apps/once",
        "apps/api",
        "tcp/8080",
      ),
    ).toBe("allowed");
  });

  test("an unknown subject leaves default deny open", () => {
    const policies = [
      pods("far/job"),
      ccnp("p", { endpointSelector: { matchLabels: { "io.cilium.k8s.namespace.labels.team": "c" } }, ingress: [{}] }),
    ];
    expect(verdict(policies, "apps/web", "far/job", "tcp/8080")).toBe("unknown");
  });
});

describe("peers of a NetworkPolicy", () => {
  const rule = (...peers: unknown[]) => [np("apps/p", { podSelector: API, ingress: [{ from: peers }] })];
  test.each([
    ["podSelector is its own namespace", [{ podSelector: {} }], ["allowed", "denied"]],
    ["podSelector with labels", [{ podSelector: { matchLabels: { app: "db" } } }], ["denied", "denied"]],
    ["namespaceSelector {} is every namespace", [{ namespaceSelector: {} }], ["allowed", "allowed"]],
    ["namespaceSelector by label", [{ namespaceSelector: { matchLabels: { team: "b" } } }], ["denied", "allowed"]],
    [
      "namespaceSelector by name",
      [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } } }],
      ["denied", "allowed"],
    ],
    [
      "namespaceSelector by exclusion",
      [{ namespaceSelector: { matchExpressions: [{ key: "team", operator: "NotIn", values: ["b"] }] } }],
      ["allowed", "denied"],
    ],
    [
      "both must hold in one peer",
      [{ namespaceSelector: { matchLabels: { team: "b" } }, podSelector: { matchLabels: { app: "web" } } }],
      ["denied", "denied"],
    ],
    [
      "two peers are alternatives",
      [{ namespaceSelector: { matchLabels: { team: "b" } } }, { podSelector: { matchLabels: { app: "web" } } }],
      ["allowed", "allowed"],
    ],
    ["from [] is everyone", [], ["allowed", "allowed"]],
  ])("%s", (_name, peers, expected) => {
    for (const cni of ["cilium", "kubernetes"] as const) {
      expect(
        ["apps/web", "data/db"].map((party) => verdict(rule(...peers), party, "apps/api", "tcp/8080", {}, { cni })),
      ).toEqual(expected);
    }
  });

  test("policies without a namespace are in default", () => {
    const bare = { ...np("default/p", { podSelector: {}, policyTypes: ["Ingress"] }), metadata: { name: "p" } };
    expect(verdict([pods("default/x"), bare], "apps/web", "default/x")).toBe("denied");
    expect(verdict([pods("default/x"), bare], "apps/web", "apps/api")).toBe("allowed");
  });

  test("rules of a type that policyTypes leaves out: Cilium takes them, the specification does not", () => {
    const policies = [
      np("apps/p", {
        podSelector: API,
        policyTypes: ["Egress"],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }],
      }),
    ];
    expect(verdict(policies, "data/db", "apps/api", "tcp/8080", {}, { cni: "cilium" })).toBe("denied");
    expect(verdict(policies, "data/db", "apps/api", "tcp/8080", {}, { cni: "kubernetes" })).toBe("allowed");
  });
});
