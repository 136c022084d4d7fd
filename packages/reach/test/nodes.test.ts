import { describe, expect, test } from "vitest";
import { ccnp, clusterOf, pods } from "./fixtures.ts";

const facts = { hostFirewall: true, nodes: ["192.168.1.10", "192.168.1.11"], apiServerOnNode: false };
const closed = ccnp("host", { nodeSelector: {}, ingress: [{ fromEntities: ["host"] }] });

describe("nodes that talk to nodes", () => {
  test("to another node's policy a node is remote, not the host", () => {
    expect(clusterOf([closed], facts).flow("entity:host", "entity:remote-node", "tcp/22").verdict).toBe("denied");
    const open = ccnp("host", { nodeSelector: {}, ingress: [{ fromEntities: ["remote-node"] }] });
    expect(clusterOf([open], facts).flow("entity:host", "entity:remote-node", "tcp/22").verdict).toBe("allowed");
    expect(clusterOf([open], facts).flow("entity:remote-node", "entity:host", "tcp/22").verdict).toBe("allowed");
  });

  test("what a node sends to itself passes no policy", () => {
    const deny = ccnp("host", { nodeSelector: {}, ingress: [{}], egress: [{}] });
    const cluster = clusterOf([deny, pods("apps/cni", { hostNetwork: true })], facts);
    expect(cluster.flow("entity:host", "entity:host", "tcp/22").pairs[0]?.ingress.reason).toBe("not-enforced");
    // Two pods in the host network are on one node or on two.
    expect(cluster.flow("apps/cni", "apps/cni", "tcp/22").verdict).toBe("mixed");
  });

  test("pods of a node still reach it as their host", () => {
    const cluster = clusterOf([closed], facts);
    expect(cluster.flow("apps/web", "entity:host", "tcp/22").verdict).toBe("denied");
    expect(cluster.flow("entity:host", "apps/web", "tcp/8080").verdict).toBe("allowed");
  });
});
