import { describe, expect, test } from "vitest";
import { type Cluster, type Party, ReachError } from "../src/index.ts";
import { BASE, clusterOf, cnp, pods } from "./fixtures.ts";

const cluster = clusterOf([pods("apps/batch", { labels: { app: "batch", tier: "job" } })], {
  podCidr: "10.42.0.0/16",
  serviceCidr: "10.43.0.0/16",
});
const named = (from: string, on: Cluster = cluster) => [
  ...new Set(on.flow(from, "apps/api", "tcp/8080").pairs.map((pair) => pair.from.name)),
];

function thrown(run: () => unknown): ReachError {
  try {
    run();
  } catch (error) {
    if (error instanceof ReachError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parties", () => {
  test.each([
    ["apps/web", ["apps/web"]],
    ["apps/*", ["apps/web", "apps/api", "apps/batch"]],
    ["*/db", ["data/db"]],
    ["apps/*a*", ["apps/api", "apps/batch"]],
    ["*", ["apps/web", "apps/api", "data/db", "apps/batch"]],
    ["*/*", ["apps/web", "apps/api", "data/db", "apps/batch"]],
    ["apps[app=web]", ["apps/web"]],
    ["apps[app!=web,!tier]", ["apps/api"]],
    ["*[tier]", ["apps/batch"]],
    ["apps/batch[tier=job]", ["apps/batch"]],
    ["entity:host", ["entity:host (same node)"]],
    ["entity:remote-node", ["entity:remote-node (another node)"]],
    ["ip:1.1.1.1", ["ip:1.1.1.1"]],
  ])("%s", (party, expected) => {
    expect(named(party)).toEqual(expected);
  });

  test("objects say the same as text", () => {
    const same = (typed: Party, text: string) =>
      expect(cluster.flow(typed, "apps/api", "tcp/8080")).toEqual(cluster.flow(text, "apps/api", "tcp/8080"));
    same({ namespace: "apps", name: "web" }, "apps/web");
    same({ namespace: "apps" }, "apps/*");
    same({ namespace: "apps", labels: { app: "web" } }, "apps[app=web]");
    same({ entity: "host" }, "entity:host");
    same({ ip: "1.1.1.1" }, "ip:1.1.1.1");
    same({ cidr: "1.0.0.0/8" }, "cidr:1.0.0.0/8");
    expect(cluster.flow("apps/web", "apps/api", 8080)).toEqual(cluster.flow("apps/web", "apps/api", "tcp/8080"));
    expect(cluster.flow("apps/web", "apps/api", { protocol: "udp", port: 53 })).toEqual(
      cluster.flow("apps/web", "apps/api", "udp/53"),
    );
  });

  test.each([
    [
      "apps/wep",
      '"apps/wep" selects no endpoint: known there: apps/api, apps/batch, apps/web; did you mean "apps/web"?',
      "apps/web",
    ],
    ["data/api", '"data/api" selects no endpoint: known there: data/db; did you mean "apps/api"?', "apps/api"],
    [
      "app/*",
      '"app/*" selects no endpoint: no workload lives in namespace "app" (namespaces with workloads: apps, data); did you mean "apps"?',
      "apps",
    ],
    [
      "apps[app=wep]",
      '"apps[app=wep]" selects no endpoint: no pod there has these labels; did you mean "apps"?',
      "apps",
    ],
  ])("%s selects nothing and says what is close", (party, message, suggestion) => {
    const error = thrown(() => cluster.flow(party, "apps/api"));
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ name: "ReachError", code: "no-endpoint", subject: party, suggestions: [suggestion] });
    expect(thrown(() => cluster.flow("apps/web", party)).code).toBe("no-endpoint");
  });

  test.each([
    ["ip:10.42.0.7", /lies in podCidr/],
    ["ip:10.43.0.1", /policies apply after load balancing/],
    ["cidr:10.42.1.0/24", /holds only addresses of pods/],
    ["entity:none", /selects nothing by definition/],
    ["entity:world-ipv6", /no IPv6/],
  ])("%s selects nothing", (party, message) => {
    expect(thrown(() => cluster.flow("apps/web", party)).message).toMatch(message);
  });

  test.each([
    ["web", /is not a party: write "web\/\*" for the namespace or "\*\/web"/],
    ["", /is not a party/],
    ["a/b/c", /is not a party/],
    ["entity:wrold", /did you mean "world"/],
    ["ip:1.1.1", /is not an IP address/],
    ["cidr:1.0.0.0/33", /is not a CIDR/],
    ["fqdn:exa mple.com", /is not a DNS name/],
    ["apps[=x]", /is not a label condition/],
  ])("%s is a mistake of the caller", (party, message) => {
    expect(() => cluster.flow("apps/web", party)).toThrow(TypeError);
    expect(() => cluster.flow("apps/web", party)).toThrow(message);
  });

  test("a name cannot be a source", () => {
    expect(() => cluster.flow("fqdn:example.com", "apps/web")).toThrow(/cannot be a source/);
  });

  test.each([
    ["8080", /write "tcp\/8080"/],
    ["tcp/0", /out of range/],
    ["tcp/65536", /out of range/],
    ["icmp/256", /out of range/],
    ["tcp/9-8", /out of range/],
    ["icmp/EchoRequst", /did you mean "EchoRequest"/],
    ["gre", /needs a protocol/],
    ["tcp/", /empty number/],
  ])("port %s is a mistake of the caller", (port, message) => {
    expect(() => cluster.flow("apps/web", "apps/api", port)).toThrow(TypeError);
    expect(() => cluster.flow("apps/web", "apps/api", port)).toThrow(message);
  });

  test("a named port is looked up at the destination", () => {
    expect(cluster.flow("apps/web", "data/db", "tcp/pg").pairs[0]?.port).toBe("tcp/5432");
    const error = thrown(() => cluster.flow("apps/web", "data/db", "tcp/http"));
    expect(error).toMatchObject({ code: "no-port", suggestions: ["pg"] });
    expect(thrown(() => cluster.flow("apps/web", "ip:1.1.1.1", "tcp/http")).message).toMatch(/declares no named ports/);
  });

  test("pods in the host network are their nodes", () => {
    const on = clusterOf([
      pods("apps/cni", { hostNetwork: true }),
      cnp("apps/p", { endpointSelector: {}, ingress: [{}] }),
    ]);
    expect(named("apps/cni", on)).toEqual([
      "apps/cni (host network, same node)",
      "apps/cni (host network, another node)",
    ]);
    expect(on.flow("apps/cni", "apps/api", "tcp/8080").verdict).toBe("mixed");
    expect(on.flow("apps/web", "apps/cni", "tcp/8080").verdict).toBe("allowed");
  });

  test("a single node is no remote node", () => {
    const on = clusterOf([pods("apps/cni", { hostNetwork: true })], { nodes: "192.168.1.10" });
    expect(on.flow("apps/cni", "apps/api", "tcp/8080").pairs.map(({ from }) => from.name)).toEqual([
      "apps/cni (host network)",
    ]);
    expect(thrown(() => on.flow("entity:remote-node", "apps/api")).message).toMatch(/single node/);
  });

  test("the same question twice gives the same answer", () => {
    expect(cluster.flow("*", "*")).toEqual(cluster.flow("*", "*"));
    expect(BASE).toHaveLength(5);
  });
});
