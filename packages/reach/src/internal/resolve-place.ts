import { closest } from "@idstack/manifests";
import { ReachError } from "../errors.ts";
import { dnsKey } from "./cluster-facts.ts";
import { type Directory, type Member, membersOf } from "./directory.ts";
import { isDnsName } from "./fqdn.ts";
import { parseAddress, parseCidr } from "./ip.ts";
import { ENTITIES, type Entity } from "./peers.ts";
import type { Place } from "./places.ts";

export function resolveEntity(name: string, role: "from" | "to", directory: Directory): Member[] {
  if (!(ENTITIES as readonly string[]).includes(name)) {
    const meant = closest(name, ENTITIES);
    throw new TypeError(`entity "${name}" does not exist${meant === undefined ? "" : `, did you mean "${meant}"?`}`);
  }
  const { places, endpoints, facts } = directory;
  const named = (entity: string, found: readonly Place[]): Member[] =>
    found.map((place) => placeMember(`entity:${entity}`, place));
  const pods = () =>
    endpoints.flatMap(({ endpoint, identity }) =>
      identity === undefined ? [] : membersOf(endpoint, identity, directory),
    );
  const inside = (): Member[] => [
    ...pods(),
    ...named("host", places.nodes("host")),
    ...(facts.singleNode ? [] : named("remote-node", places.nodes("remote-node"))),
    ...named("kube-apiserver", places.apiServer()),
    ...(["ingress", "health", "unmanaged"] as const).flatMap((entity) => named(entity, places.reserved(entity))),
    // Nobody reaches an initializing pod, so it counts only as a source.
    ...(role === "from" ? named("init", places.reserved("init")) : []),
  ];
  const entity = name as Entity;
  switch (entity) {
    case "all":
      return [...inside(), ...named("world", places.world(role === "to"))];
    case "cluster":
    case "cluster-mesh":
      return inside();
    case "world":
      return named(entity, places.world(role === "to"));
    case "world-ipv4":
    case "world-ipv6": {
      const family = entity === "world-ipv4" ? 4 : 6;
      const found = places.world(role === "to").filter(({ identity }) => identity.address?.family === family);
      if (found.length === 0)
        throw new ReachError("no-endpoint", `"entity:${name}" selects nothing: the cluster has no IPv6 (fact ipv6)`, {
          subject: `entity:${name}`,
        });
      return named(entity, found);
    }
    case "host":
    case "remote-node":
      if (entity === "remote-node" && facts.singleNode) {
        throw new ReachError("no-endpoint", '"entity:remote-node" selects nothing: the facts list a single node', {
          subject: "entity:remote-node",
        });
      }
      return named(entity, places.nodes(entity));
    case "kube-apiserver":
      return named(entity, places.apiServer());
    case "none":
      throw new ReachError("no-endpoint", '"entity:none" selects nothing by definition', { subject: "entity:none" });
    default:
      return named(entity, places.reserved(entity));
  }
}

export function resolveAddress(rest: string, text: string, { places }: Directory): Member[] {
  const address = parseAddress(rest);
  if (address === undefined) throw new TypeError(`"${rest}" is not an IP address`);
  const found = places.address(address);
  if (found === "pods") {
    throw new ReachError(
      "no-endpoint",
      `"${text}" lies in podCidr and stands for no known pod: name the workload instead`,
      { subject: text },
    );
  }
  if (found === "services") {
    throw new ReachError(
      "no-endpoint",
      `"${text}" lies in serviceCidr: policies apply after load balancing, name the workload behind the Service`,
      { subject: text },
    );
  }
  return found.map((place) => placeMember(text, place));
}

export function resolveCidr(rest: string, text: string, { places }: Directory): Member[] {
  const cidr = parseCidr(rest);
  if (cidr === undefined) throw new TypeError(`"${rest}" is not a CIDR`);
  const found = places.parts([cidr]);
  if (found.length === 0) {
    throw new ReachError(
      "no-endpoint",
      `"${text}" holds only addresses of pods, Services or nodes: name the workload or entity instead`,
      { subject: text },
    );
  }
  return found.map((place) => placeMember(text, place));
}

export function resolveName(name: string, role: "from" | "to", { places, facts }: Directory): Member[] {
  if (!isDnsName(name)) throw new TypeError(`"${name}" is not a DNS name`);
  if (role === "from")
    throw new TypeError(`"fqdn:${name}" cannot be a source: policies know names only of destinations`);
  return places
    .name(dnsKey(name), facts.dns.get(dnsKey(name)) ?? [])
    .map((place) => placeMember(`fqdn:${name}`, place));
}

function placeMember(name: string, { identity, detail }: Place): Member {
  return { ref: { name: detail === undefined ? name : `${name} (${detail})`, kind: identity.kind }, identity };
}
