import { closest } from "@idstack/manifests";
import type { Endpoint } from "../endpoint.ts";
import { ReachError } from "../errors.ts";
import type { Party } from "../party.ts";
import type { PartyRef } from "../result.ts";
import { dnsKey, type ResolvedFacts } from "./cluster-facts.ts";
import { isDnsName } from "./fqdn.ts";
import type { Identity } from "./identity.ts";
import { parseAddress, parseCidr } from "./ip.ts";
import { parseLabelQuery } from "./label-query.ts";
import { ENTITIES, type Entity } from "./peers.ts";
import type { Place, Places } from "./places.ts";

/** One concrete end of a flow. */
export interface Member {
  readonly ref: PartyRef;
  readonly identity: Identity;
  readonly endpoint?: Endpoint | undefined;
}

export interface Directory {
  readonly facts: ResolvedFacts;
  readonly places: Places;
  /** Endpoints with their identities; those in the host network have none of their own. */
  readonly endpoints: readonly Entry[];
  /** The same by `namespace/name`. */
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
}

interface Entry {
  readonly endpoint: Endpoint;
  readonly identity: Identity | undefined;
}

export function formatParty(party: Party): string {
  if (typeof party === "string") return party;
  if ("entity" in party) return `entity:${party.entity}`;
  if ("ip" in party) return `ip:${party.ip}`;
  if ("cidr" in party) return `cidr:${party.cidr}`;
  if ("fqdn" in party) return `fqdn:${party.fqdn}`;
  const labels = Object.entries(party.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const name = party.name === undefined ? (labels.length > 0 ? "" : "/*") : `/${party.name}`;
  return `${party.namespace}${name}${labels.length > 0 ? `[${labels.join(",")}]` : ""}`;
}

/** Everyone a party stands for. Never empty: a claim about nothing is a mistake. */
export function resolveParty(party: Party, role: "from" | "to", directory: Directory): Member[] {
  const text = formatParty(party);
  const [, kind = "", rest = ""] = /^(entity|ip|cidr|fqdn):(.*)$/s.exec(text) ?? [];
  if (kind === "entity") return resolveEntity(rest, role, directory);
  if (kind === "ip") return resolveAddress(rest, text, directory);
  if (kind === "cidr") return resolveCidr(rest, text, directory);
  if (kind === "fqdn") return resolveName(rest, role, directory);
  return resolvePods(text, directory);
}

function resolvePods(text: string, directory: Directory): Member[] {
  const match = /^([^/[\]]*)(?:\/([^/[\]]*))?(?:\[(.*)\])?$/s.exec(text);
  if (match === null || text === "") {
    throw new TypeError(
      `"${text}" is not a party: write "namespace/workload", "namespace[label=value]", "entity:world", "ip:…" or "fqdn:…"`,
    );
  }
  const [, namespace = "", name, query] = match;
  if (name === undefined && query === undefined && namespace !== "*") {
    throw new TypeError(
      `"${text}" is not a party: write "${text}/*" for the namespace or "*/${text}" for a workload anywhere`,
    );
  }
  const exact = query === undefined && name !== undefined ? directory.byName.get(`${namespace}/${name}`) : undefined;
  if (exact !== undefined) return exact.flatMap(({ endpoint, identity }) => membersOf(endpoint, identity, directory));
  const inNamespace = glob(namespace);
  const isNamed = glob(name ?? "*");
  const hasLabels = query === undefined ? () => true : parseLabelQuery(query);
  const found = directory.endpoints.filter(
    ({ endpoint }) => inNamespace(endpoint.namespace) && isNamed(endpoint.name) && hasLabels(endpoint.labels),
  );
  if (found.length === 0) throw noEndpoint(text, namespace, name, query, directory);
  return found.flatMap(({ endpoint, identity }) => membersOf(endpoint, identity, directory));
}

function membersOf(endpoint: Endpoint, identity: Identity | undefined, { places }: Directory): Member[] {
  const base = { namespace: endpoint.namespace, labels: endpoint.labels };
  const name = `${endpoint.namespace}/${endpoint.name}`;
  if (identity !== undefined) return [{ ref: { ...base, name, kind: "pod" }, identity, endpoint }];
  return places.nodes("all", endpoint.ports).map((place) => ({
    ref: { ...base, name: `${name} (${["host network", place.detail].filter(Boolean).join(", ")})`, kind: "node" },
    identity: place.identity,
    endpoint,
  }));
}

function noEndpoint(
  text: string,
  namespace: string,
  name: string | undefined,
  query: string | undefined,
  directory: Directory,
): ReachError {
  const endpoints = directory.endpoints.map(({ endpoint }) => endpoint);
  const namespaces = [...new Set(endpoints.map((endpoint) => endpoint.namespace))].sort();
  const names = [...new Set(endpoints.map((endpoint) => `${endpoint.namespace}/${endpoint.name}`))].sort();
  const here = names.filter((candidate) => candidate.startsWith(`${namespace}/`));
  const elsewhere = names.filter((candidate) => candidate.endsWith(`/${name}`));
  const near = closest(text, here) ?? elsewhere[0] ?? closest(text, names) ?? closest(namespace, namespaces);
  const suggestions = near === undefined ? [] : [near];
  const known =
    endpoints.length === 0
      ? "the objects hold no workload at all"
      : !namespaces.includes(namespace) && !namespace.includes("*")
        ? `no workload lives in namespace "${namespace}" (namespaces with workloads: ${namespaces.join(", ")})`
        : query !== undefined
          ? `no pod there has these labels`
          : `known there: ${here.slice(0, 12).join(", ") || "none"}`;
  const hint = near === undefined || near === text ? "" : `; did you mean "${near}"?`;
  return new ReachError("no-endpoint", `"${text}" selects no endpoint: ${known}${hint}`, {
    subject: text,
    suggestions,
  });
}

function resolveEntity(name: string, role: "from" | "to", directory: Directory): Member[] {
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

function resolveAddress(rest: string, text: string, { places }: Directory): Member[] {
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

function resolveCidr(rest: string, text: string, { places }: Directory): Member[] {
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

function resolveName(name: string, role: "from" | "to", { places, facts }: Directory): Member[] {
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

function glob(pattern: string): (text: string) => boolean {
  if (!pattern.includes("*")) return (text) => text === pattern;
  const regex = new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  );
  return (text) => regex.test(text);
}
