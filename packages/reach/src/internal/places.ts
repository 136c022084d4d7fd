import type { EndpointPort } from "@idstack/manifests";
import type { ResolvedFacts } from "./cluster-facts.ts";
import type { PolicyEntry } from "./entry.ts";
import { hasReserved, type Identity, type IdentityInit, type IdentityTable } from "./identity.ts";
import { type Address, addressOf, type Cidr, contains, parseCidr } from "./ip.ts";
import type { Label } from "./labels.ts";

/** An identity with the words that tell it from its siblings, e.g. "on the same node". */
export interface Place {
  readonly identity: Identity;
  readonly detail?: string | undefined;
}

const SAME_NODE = "same node";
const OTHER_NODE = "another node";

/** Everything that is not a pod: nodes, the API server, addresses and names outside, reserved endpoints. */
export class Places {
  readonly #facts: ResolvedFacts;
  readonly #table: IdentityTable;
  readonly #cidrs: readonly Cidr[];
  readonly #patterns: readonly string[];
  /** Whether any policy tells the API server apart, so that nodes with and without it differ. */
  readonly #apiServerMatters: boolean;

  constructor(facts: ResolvedFacts, table: IdentityTable, entries: readonly PolicyEntry[], apiServerMatters: boolean) {
    this.#facts = facts;
    this.#table = table;
    this.#apiServerMatters = apiServerMatters;
    const peers = entries.flatMap((entry) => (entry.peers === "any" ? [] : entry.peers));
    this.#cidrs = peers.flatMap((peer) => peer.cidrs ?? []);
    this.#patterns = [...new Set(peers.flatMap((peer) => (peer.fqdn === undefined ? [] : [peer.fqdn.text])))].sort();
  }

  /** A node as its own pods and the pods of other nodes see it; the ports are those of a pod in its network. */
  nodes(
    which: "all" | "host" | "remote-node" = "all",
    ports: readonly EndpointPort[] = [],
    address?: Address,
  ): Place[] {
    const { singleNode, apiServerOnNode } = this.#facts;
    const roles = which === "all" ? (singleNode ? ["host"] : ["host", "remote-node"]) : [which];
    return roles.flatMap((role) => {
      const detail = singleNode ? undefined : role === "host" ? SAME_NODE : OTHER_NODE;
      const plain = { identity: this.#node([role], ports, address), ...(detail === undefined ? {} : { detail }) };
      const withApi = {
        identity: this.#node([role, "kube-apiserver"], ports, address),
        detail: detail === undefined ? "with the API server" : `${detail}, with the API server`,
      };
      if (!this.#apiServerMatters || apiServerOnNode === false) return [plain];
      return singleNode && apiServerOnNode === true ? [withApi] : [plain, withApi];
    });
  }

  apiServer(): Place[] {
    const { apiServerOnNode, singleNode, apiServers } = this.#facts;
    const addresses = apiServers.length > 0 ? apiServers : [undefined];
    const roles = singleNode ? ["host"] : ["host", "remote-node"];
    return addresses.flatMap((address) => [
      ...(apiServerOnNode === false
        ? []
        : roles.map((role) => ({
            identity: this.#node([role, "kube-apiserver"], [], address),
            detail: singleNode ? "on the node" : role === "host" ? `on the ${SAME_NODE}` : `on ${OTHER_NODE}`,
          }))),
      ...(apiServerOnNode === true
        ? []
        : [{ identity: this.#external({ address, extra: ["kube-apiserver"] }), detail: "outside the cluster" }]),
    ]);
  }

  /** Whoever has this address; undefined where only pods or Services can have it. */
  address(address: Address): Place[] | "pods" | "services" {
    const { apiServers, nodes, nodeCidrs, podCidrs, serviceCidrs } = this.#facts;
    if (podCidrs.some((block) => contains(block, address))) return "pods";
    if (serviceCidrs.some((block) => contains(block, address))) return "services";
    if (apiServers.some((server) => server.value === address.value && server.family === address.family)) {
      return this.apiServer().filter(({ identity }) => identity.address?.value === address.value);
    }
    if (nodes.some((node) => node.value === address.value)) return this.nodes("all", [], address);
    const outside = { identity: this.#external({ address }) };
    // Other machines may share the nodes' network, so both readings must agree.
    if (nodes.length === 0 && nodeCidrs.some((block) => contains(block, address))) {
      return [...this.nodes("all", [], address), { ...outside, detail: "not a node" }];
    }
    return [outside];
  }

  name(fqdn: string, addresses: readonly Address[]): Place[] {
    if (addresses.length > 0) {
      return addresses.map((address) => ({ identity: this.#external({ address, fqdn }), detail: address.text }));
    }
    if (!this.#facts.ipv6) return [{ identity: this.#external({ fqdn }) }];
    return ([4, 6] as const).map((family) => ({ identity: this.#external({ fqdn, family }), detail: `IPv${family}` }));
  }

  /** One address for each part of a range that the policies treat alike. */
  parts(range: readonly Cidr[]): Place[] {
    const seen = new Set<string>();
    return range
      .flatMap((block) => this.#points(block))
      .flatMap((address) => {
        const signature = this.#cidrs.map((cidr) => (contains(cidr, address) ? "1" : "0")).join("");
        if (seen.has(`${address.family}${signature}`)) return [];
        seen.add(`${address.family}${signature}`);
        return [{ identity: this.#external({ address }), detail: address.text }];
      });
  }

  /** The outside: every part of the address space and, as a destination, every name that policies speak of. */
  world(asDestination: boolean): Place[] {
    const whole = [parseCidr("0.0.0.0/0"), ...(this.#facts.ipv6 ? [parseCidr("::/0")] : [])].filter(
      (block) => block !== undefined,
    );
    const parts = this.parts(whole);
    if (!asDestination) return parts;
    // A name resolves to some address; the address parts above cover the narrow blocks, so take the plainest.
    const plainest = parts
      .map((part) => ({
        part,
        hits: this.#cidrs.filter((cidr) => part.identity.address && contains(cidr, part.identity.address)).length,
      }))
      .sort((a, b) => a.hits - b.hits)[0]?.part.identity.address;
    const names = this.#patterns.map((pattern) => pattern.replace(/^[*]{2,}(?=[.]|$)/, "a.b").replaceAll("*", "x"));
    return [
      ...parts,
      ...names.map((fqdn) => ({ identity: this.#external({ fqdn, address: plainest }), detail: `the name ${fqdn}` })),
    ];
  }

  /** Cilium's own endpoints and pods without an identity. */
  reserved(name: "health" | "ingress" | "init" | "unmanaged"): Place[] {
    const unenforced = name === "unmanaged" ? "unmanaged pods have no endpoint" : undefined;
    return [{ identity: this.#intern("reserved", [name], { unenforced }) }];
  }

  /** A node as another node sees it: only its own pods know it as their host. */
  fromAfar(identity: Identity): Identity {
    if (identity.kind !== "node" || !hasReserved(identity, "host")) return identity;
    const roles = hasReserved(identity, "kube-apiserver") ? ["remote-node", "kube-apiserver"] : ["remote-node"];
    return this.#node(roles, identity.ports, identity.address);
  }

  #node(roles: readonly string[], ports: readonly EndpointPort[], address: Address | undefined): Identity {
    const unenforced = this.#facts.hostFirewall ? undefined : "no policy is enforced at nodes";
    return this.#intern("node", roles, { unenforced, ports, address });
  }

  #external(init: {
    address?: Address | undefined;
    fqdn?: string;
    family?: 4 | 6;
    extra?: readonly string[];
  }): Identity {
    const family = init.address?.family ?? init.family ?? 4;
    const world = family === 6 ? "world-ipv6" : this.#facts.ipv6 ? "world-ipv4" : "world";
    return this.#intern("external", [world, ...(init.extra ?? [])], {
      unenforced: "no policy is enforced outside the cluster",
      address: init.address,
      fqdn: init.fqdn,
    });
  }

  #intern(
    kind: Identity["kind"],
    reserved: readonly string[],
    init: Partial<Omit<IdentityInit, "kind" | "labels">>,
  ): Identity {
    const labels = reserved.map((key): Label => ({ source: "reserved", key, value: "" }));
    const defaults = { openLabel: () => false, address: undefined, fqdn: undefined, ports: [], unenforced: undefined };
    return this.#table.intern({ ...defaults, ...init, kind, labels });
  }

  /** First addresses of the parts into which the policies' blocks cut this one, without pods, nodes and reserved space. */
  #points(block: Cidr): Address[] {
    const { podCidrs, serviceCidrs, nodes, apiServers } = this.#facts;
    const special = ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/64", "fe80::/10", "ff00::/8"]
      .map((text) => parseCidr(text))
      .filter((cidr) => cidr !== undefined);
    const single = [...nodes, ...apiServers].map(({ family, value, text }) => ({
      family,
      bits: 0,
      first: value,
      last: value,
      text,
    }));
    const holes: readonly Cidr[] = [...special, ...podCidrs, ...serviceCidrs, ...single];
    const starts = [...this.#cidrs, ...holes]
      .filter((cidr) => cidr.family === block.family)
      .flatMap((cidr) => [cidr.first, cidr.last + 1n])
      .filter((value) => value > block.first && value <= block.last);
    const preferred = block.family === 6 ? 0x2000n << 112n : block.first;
    return [...new Set([block.first, preferred, ...starts])]
      .filter((value) => value >= block.first && value <= block.last)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((value) => addressOf(block.family, value))
      .filter((address) => !holes.some((hole) => contains(hole, address)));
  }
}
