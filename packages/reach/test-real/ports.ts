import type { Random } from "@idstack/tool-real";
import { HTTP_RULES, PORT_NAMES, PORT_NUMBERS } from "./pools.ts";
import type { Tags } from "./selectors.ts";

type Item = Record<string, unknown>;

export interface PortScope {
  readonly deny: boolean;
  readonly egress: boolean;
  /** Policies for nodes take no HTTP rules. */
  readonly host: boolean;
}

/** `toPorts` or `icmps` of a Cilium rule item, or neither. */
export function ciliumPorts(random: Random, tags: Tags, scope: PortScope): Item {
  return random.weighted<Item>([
    [28, () => ({})],
    [50, () => ({ toPorts: random.times(1, 2, () => portRule(random, tags)) })],
    [8, () => ({ icmps: random.times(1, 2, () => ({ fields: random.times(1, 2, () => icmpField(random, tags)) })) })],
    [3, () => empty()],
    [scope.deny || scope.host ? 0 : 8, () => http()],
    [scope.deny || !scope.egress ? 0 : 10, () => dns()],
  ]);

  function empty(): Item {
    // The first three cover nothing; the last restricts nothing.
    return random.pick([{ toPorts: [{}] }, { toPorts: [{ ports: [] }] }, { icmps: [{ fields: [] }] }, { toPorts: [] }]);
  }
  function http(): Item {
    tags.add("HTTP rules");
    const ports = random.times(1, 2, () => ({ port: random.pick(["80", "8080", "http"]), protocol: "TCP" }));
    return { toPorts: [{ ports, rules: { http: random.some(HTTP_RULES, 1, 2) } }] };
  }
  function dns(): Item {
    tags.add("DNS rules");
    // Sometimes on a port where other rules speak HTTP: the two cannot be merged.
    const port = random.chance(0.3)
      ? { port: "80", protocol: "TCP" }
      : { port: "53", protocol: random.pick(["UDP", "ANY"]) };
    return { toPorts: [{ ports: [port], rules: { dns: [{ matchPattern: "*.example.com" }] } }] };
  }
}

function portRule(random: Random, tags: Tags): Item {
  return { ports: random.times(1, 2, () => port(random, tags)) };
}

function port(random: Random, tags: Tags): Item {
  const protocol = random.weighted<Item>([
    [45, () => use("protocol TCP", { protocol: "TCP" })],
    [15, () => use("protocol UDP", { protocol: "UDP" })],
    [6, () => use("protocol SCTP", { protocol: "SCTP" })],
    [16, () => use("protocol ANY", { protocol: "ANY" })],
    [12, () => use("protocol ANY", {})],
  ]);
  return random.weighted<Item>([
    [50, () => ({ port: String(random.pick(PORT_NUMBERS)), ...protocol })],
    [16, () => use("endPort", range())],
    [20, () => use("named port", { port: random.pick(PORT_NAMES), ...protocol })],
    [10, () => use("port 0", { port: "0", ...protocol })],
  ]);

  function use(tag: string, item: Item): Item {
    tags.add(tag);
    return item;
  }
  function range(): Item {
    const first = random.pick([1, 53, 54, 80, 443, 8000]);
    return { port: String(first), endPort: random.pick([first, first + 1, 443, 9090, 65535]), ...protocol };
  }
}

function icmpField(random: Random, tags: Tags): Item {
  tags.add("icmps");
  return random.pick<Item>([
    { type: 8 },
    { family: "IPv4", type: 8 },
    { family: "IPv4", type: "EchoRequest" },
    { family: "IPv4", type: 3 },
    { family: "IPv4", type: 0 },
    { family: "IPv6", type: 128 },
    { family: "IPv6", type: "EchoRequest" },
    { family: "IPv6", type: 3 },
  ]);
}

/** `ports` of a NetworkPolicy rule. */
export function networkPolicyPorts(random: Random, tags: Tags): Item {
  if (random.chance(0.3)) return random.chance(0.2) ? { ports: [] } : {};
  return { ports: random.times(1, 2, () => plainPort(random, tags)) };
}

function plainPort(random: Random, tags: Tags): Item {
  const protocol = random.weighted<Item>([
    [40, () => ({})],
    [30, () => ({ protocol: "TCP" })],
    [20, () => ({ protocol: "UDP" })],
    [5, () => ({ protocol: "SCTP" })],
  ]);
  return random.weighted<Item>([
    [40, () => ({ port: random.pick(PORT_NUMBERS), ...protocol })],
    [
      28,
      () => use("endPort", { port: random.pick([53, 80, 443]), endPort: random.pick([443, 8080, 65535]), ...protocol }),
    ],
    [30, () => use("named port", { port: random.pick(PORT_NAMES).toLowerCase(), ...protocol })],
    [25, () => use("protocol without port", { ...protocol })],
  ]);

  function use(tag: string, item: Item): Item {
    tags.add(`NetworkPolicy ${tag}`);
    return item;
  }
}
