import type { KubeObject } from "@idstack/manifests";
import type { CiliumAnswer, CiliumEndpoint, CiliumPolicy, CiliumQuery, CiliumSide } from "@idstack/tool-real";
import type { ReachPair } from "./ask-reach.ts";
import type { TestCluster } from "./cluster.ts";
import { ADDRESSES, ADDRESSES_V6, API_SERVER, NAMES, NAMESPACES } from "./pools.ts";

export interface CiliumPair {
  /** Undefined where the end has no agent to ask: a node that talks to itself. */
  readonly egress: CiliumSide | undefined;
  readonly ingress: CiliumSide | undefined;
}

export interface CiliumJudgement {
  readonly pairs: readonly CiliumPair[];
  readonly refused: readonly string[];
  readonly parseErrors: CiliumAnswer["parseErrors"];
}

/** An end as one node's agent sees it; whether it holds the API server changes the labels of a node. */
interface End {
  readonly id: string;
  readonly apiServer: boolean;
}

export async function askCilium(
  oracle: CiliumPolicy,
  cluster: TestCluster,
  policies: readonly KubeObject[],
  pairs: readonly ReachPair[],
): Promise<CiliumJudgement> {
  // A request has one local host, so nodes with and without the API server need requests of their own.
  const variants = new Map<string, { host: boolean; remote: boolean; queries: CiliumQuery[] }>();
  const asked = pairs.map((pair) => {
    const from = endOf(pair.from);
    const to = endOf(pair.to);
    return { egress: place(pair, from, to, "from"), ingress: place(pair, from, to, "to") };
  });
  if (variants.size === 0) variants.set("", { host: false, remote: false, queries: [] });

  const answers = new Map<string, CiliumAnswer>();
  await Promise.all(
    [...variants].map(async ([key, { host, remote, queries }]) => {
      const answer = await oracle.decide({
        cluster: {
          name: cluster.name,
          ipv6: cluster.ipv6,
          hostFirewall: cluster.hostFirewall,
          enforcement: cluster.enforcement,
        },
        namespaces: NAMESPACES,
        endpoints: endpointsOf(cluster, host, remote),
        policies: [...cluster.groups, ...policies],
        services: cluster.services,
        queries,
      });
      answers.set(key, answer);
    }),
  );
  const parseErrors = [...answers.values()][0]?.parseErrors ?? [];
  return {
    parseErrors,
    refused: parseErrors.map(({ policy }) => policy).sort(),
    pairs: asked.map(({ egress, ingress }) => ({ egress: read(egress, "egress"), ingress: read(ingress, "ingress") })),
  };

  /** Files the question of one side under the request that has its nodes. */
  function place(
    { flow }: ReachPair,
    from: End,
    to: End,
    subject: "from" | "to",
  ): { key: string; index: number } | undefined {
    const seen = perspective(from, to, subject, cluster);
    if (seen === undefined) return undefined;
    const host = [seen.from, seen.to].some(({ id, apiServer }) => id === "host" && apiServer);
    const remote = [seen.from, seen.to].some(({ id, apiServer }) => id === "remote-node" && apiServer);
    const key = `${host}${remote}`;
    const variant = variants.get(key) ?? { host, remote, queries: [] };
    variants.set(key, variant);
    const { protocol, port, http } = flow;
    variant.queries.push({
      from: seen.from.id,
      to: seen.to.id,
      protocol,
      port,
      ...(http === undefined ? {} : { http }),
    });
    return { key, index: variant.queries.length - 1 };
  }

  function read(
    where: { key: string; index: number } | undefined,
    direction: "egress" | "ingress",
  ): CiliumSide | undefined {
    if (where === undefined) return undefined;
    return answers.get(where.key)?.decisions[where.index]?.[direction];
  }
}

/** Policies are enforced by the agent of the end they govern, to which its own node is the host and others are remote. */
function perspective(
  from: End,
  to: End,
  subject: "from" | "to",
  { hostFirewall }: TestCluster,
): { from: End; to: End } | undefined {
  const own = subject === "from" ? from : to;
  const peer = subject === "from" ? to : from;
  // What a node sends to itself passes no agent.
  if (own.id === "host" && peer.id === "host") return undefined;
  if (!hostFirewall || own.id !== "remote-node") return { from, to };
  if (peer.id === "remote-node") return undefined;
  const host = { ...own, id: "host" };
  const other = peer.id === "host" ? { ...peer, id: "remote-node" } : peer;
  return subject === "from" ? { from: host, to: other } : { from: other, to: host };
}

function endOf(name: string): End {
  const [, party = "", detail = ""] = /^(\S+)(?: \((.*)\))?$/.exec(name) ?? [];
  const apiServer = detail.includes("API server");
  if (party === "entity:host" || party === "entity:remote-node")
    return { id: party.slice("entity:".length), apiServer };
  const node = detail.includes("another") ? "remote-node" : "host";
  if (detail.startsWith("host network")) return { id: node, apiServer };
  if (party !== "entity:kube-apiserver") return { id: party, apiServer: false };
  return { id: detail.includes("outside") ? "api-server" : node, apiServer: true };
}

function endpointsOf(cluster: TestCluster, host: boolean, remote: boolean): CiliumEndpoint[] {
  return [
    ...cluster.pods.map(({ virtual: _v, hostNetwork: _h, ...pod }) => ({
      ...pod,
      id: `${pod.namespace}/${pod.name}`,
      kind: "pod" as const,
    })),
    { id: "host", kind: "host", apiServer: host },
    { id: "remote-node", kind: "remote-node", apiServer: remote },
    { id: "api-server", kind: "outside", ip: API_SERVER, apiServer: true },
    ...(["health", "ingress", "init", "unmanaged"] as const).map((kind) => ({ id: `entity:${kind}`, kind })),
    ...[...ADDRESSES, ...ADDRESSES_V6].map((ip) => ({ id: `ip:${ip}`, kind: "outside" as const, ip })),
    ...Object.entries(NAMES).map(([fqdn, ip]) => ({ id: `fqdn:${fqdn}`, kind: "outside" as const, ip, fqdn })),
  ];
}
