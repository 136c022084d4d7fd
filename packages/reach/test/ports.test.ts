import { describe, expect, test } from "vitest";
import { API, clusterOf, cnp, np, pods, verdict } from "./fixtures.ts";

const allow = (item: unknown) => [cnp("apps/p", { endpointSelector: API, ingress: [item] })];
const on = (...ports: unknown[]) => allow({ toPorts: [{ ports }] });
const ask = (policies: ReturnType<typeof allow>, ...ports: string[]) =>
  ports.map((port) => verdict(policies, "apps/web", "apps/api", port).charAt(0)).join("");

describe("ports", () => {
  test("no toPorts and no icmps covers every protocol including ICMP", () => {
    const policies = allow({ fromEndpoints: [{}] });
    expect(ask(policies, "tcp/1", "udp/1", "sctp/65535", "icmp/8", "icmpv6/128")).toBe("aaaaa");
    expect(verdict(policies, "apps/web", "apps/api")).toBe("allowed");
  });

  test.each([
    ["protocol ANY", { port: "80", protocol: "ANY" }],
    ["no protocol", { port: "80" }],
  ])("%s is TCP, UDP and SCTP, never ICMP", (_name, port) => {
    expect(ask(on(port), "tcp/80", "udp/80", "sctp/80", "icmp/80", "icmpv6/80", "tcp/81")).toBe("aaaddd");
  });

  test('port "0" covers every port of its protocol', () => {
    expect(ask(on({ port: "0", protocol: "TCP" }), "tcp/1", "tcp/65535", "udp/1", "icmp/0")).toBe("aadd");
    expect(ask(on({ port: "0" }), "tcp/1", "udp/65535", "icmp/8")).toBe("aad");
  });

  test("endPort covers both ends and nothing beyond", () => {
    expect(
      ask(on({ port: "80", endPort: 90, protocol: "TCP" }), "tcp/79", "tcp/80", "tcp/85", "tcp/90", "tcp/91"),
    ).toBe("daaad");
  });

  test("an endPort below the port is ignored", () => {
    expect(ask(on({ port: "80", endPort: 70, protocol: "TCP" }), "tcp/75", "tcp/80", "tcp/81")).toBe("dad");
  });

  test("ports are alternatives", () => {
    expect(
      ask(on({ port: "80", protocol: "TCP" }, { port: "53", protocol: "UDP" }), "tcp/80", "udp/53", "tcp/53", "udp/80"),
    ).toBe("aadd");
  });

  test("ICMP types by number and name, per family", () => {
    const policies = allow({ icmps: [{ fields: [{ type: 8 }, { family: "IPv6", type: "EchoRequest" }] }] });
    expect(ask(policies, "icmp/8", "icmp/EchoRequest", "icmpv6/128", "icmp/0", "icmpv6/8", "tcp/8")).toBe("aaaddd");
  });

  test("ICMP type 0 covers every type of its family, as port 0 covers every port", () => {
    const policies = allow({ icmps: [{ fields: [{ type: "EchoReply" }] }] });
    expect(ask(policies, "icmp/0", "icmp/3", "icmp/255", "icmpv6/128", "tcp/80")).toBe("aaadd");
  });

  test("a named port of an ingress rule is the selected pod's own", () => {
    expect(ask(on({ port: "http", protocol: "TCP" }), "tcp/8080", "tcp/80", "udp/8080")).toBe("add");
    expect(ask(on({ port: "HTTP" }), "tcp/8080")).toBe("a");
    expect(ask(on({ port: "dns" }), "udp/53", "tcp/53")).toBe("ad");
    expect(ask(on({ port: "metrics" }), "tcp/8080", "tcp/9090")).toBe("dd");
  });

  test("a named port of an egress rule is each destination's own", () => {
    const policies = [
      cnp("apps/p", {
        endpointSelector: { matchLabels: { app: "web" } },
        egress: [{ toEntities: ["cluster"], toPorts: [{ ports: [{ port: "http" }] }] }],
      }),
      pods("apps/other", { ports: [{ name: "http", containerPort: 9000 }] }),
    ];
    const at = (to: string, port: string) => clusterOf(policies).flow("apps/web", to, port).verdict;
    expect([
      at("apps/api", "tcp/8080"),
      at("apps/other", "tcp/9000"),
      at("apps/other", "tcp/8080"),
      at("data/db", "tcp/5432"),
    ]).toEqual(["allowed", "allowed", "denied", "denied"]);
  });

  test("endPort beside a named port is ignored at egress, and at ingress changes what other rules mean", () => {
    const toApi = (port: object) => [
      cnp("apps/p", {
        endpointSelector: { matchLabels: { app: "web" } },
        egress: [{ toEndpoints: [API], toPorts: [{ ports: [port] }] }],
      }),
    ];
    expect(ask(toApi({ port: "http", endPort: 9000 }), "tcp/8080", "tcp/8500")).toBe("ad");
    expect(clusterOf(toApi({ port: "http", endPort: 9000 })).diagnostics).toMatchObject([{ code: "no-effect" }]);
    const open = on({ port: "http", endPort: 9000 });
    expect(clusterOf(open).diagnostics).toMatchObject([{ code: "unsupported-construct" }]);
    expect(ask(open, "tcp/8080", "tcp/8500", "tcp/1")).toBe("uuu");
    const all = cnp("apps/all", { endpointSelector: API, ingress: [{ fromEntities: ["all"] }] });
    expect(ask([...open, all], "tcp/8500")).toBe("u");
    const none = cnp("apps/none", { endpointSelector: API, ingressDeny: [{ fromEntities: ["all"] }] });
    expect(ask([...open, all, none], "tcp/8500")).toBe("d");
  });

  test("NetworkPolicy: no protocol is TCP, no port is all", () => {
    const policies = (ports: unknown[]) => [np("apps/p", { podSelector: API, ingress: [{ ports }] })];
    expect(ask(policies([{ port: 8080 }]), "tcp/8080", "udp/8080", "tcp/8081")).toBe("add");
    expect(ask(policies([{ protocol: "UDP" }]), "udp/1", "tcp/1")).toBe("ad");
    expect(ask(policies([{ port: "http" }]), "tcp/8080", "tcp/80")).toBe("ad");
    expect(ask(policies([{ port: 8000, endPort: 8100 }]), "tcp/7999", "tcp/8100")).toBe("da");
    expect(ask(policies([]), "tcp/1", "icmp/8")).toBe("aa");
  });

  test("a flow without a port is about all of them, and says which differ", () => {
    const result = clusterOf(on({ port: "8080", protocol: "TCP" })).flow("apps/web", "apps/api");
    expect(result.verdict).toBe("mixed");
    expect(result.pairs.map(({ port, verdict }) => [port, verdict])).toEqual([
      ["tcp/1-8079, tcp/8081-65535, udp/*, sctp/*, icmp/*, icmpv6/*", "denied"],
      ["tcp/8080", "allowed"],
    ]);
  });

  test("a range is allowed only if every port of it is", () => {
    const cluster = clusterOf(on({ port: "80", endPort: 90, protocol: "TCP" }));
    expect(cluster.flow("apps/web", "apps/api", "tcp/80-90").verdict).toBe("allowed");
    expect(cluster.flow("apps/web", "apps/api", "tcp/80-91").verdict).toBe("mixed");
    expect(cluster.flow("apps/web", "apps/api", "tcp/91-100").verdict).toBe("denied");
  });

  test("every single port agrees with the answer for the whole range", () => {
    const cluster = clusterOf(
      on(
        { port: "3", endPort: 5, protocol: "TCP" },
        { port: "9", protocol: "TCP" },
        { port: "5", endPort: 7, protocol: "TCP" },
      ),
    );
    const parts = cluster.flow("apps/web", "apps/api", "tcp/1-12").pairs;
    const allowed = parts.find(({ verdict }) => verdict === "allowed")?.port;
    expect(allowed).toBe("tcp/3-7, tcp/9");
    for (let port = 1; port <= 12; port++) {
      const expected = (port >= 3 && port <= 7) || port === 9 ? "allowed" : "denied";
      expect(cluster.flow("apps/web", "apps/api", port).verdict).toBe(expected);
    }
  });

  test("protocols without ports are not decided: they need a flag of the agent", () => {
    const cluster = clusterOf(on({ port: "0", protocol: "GRE" }));
    expect(cluster.flow("apps/web", "apps/api", "tcp/80").verdict).toBe("denied");
    expect(cluster.flow("apps/web", "apps/api").verdict).toBe("unknown");
  });
});
