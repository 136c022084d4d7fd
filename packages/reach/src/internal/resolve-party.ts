import { closest } from "@idstack/manifests";
import { ReachError } from "../errors.ts";
import type { Party } from "../party.ts";
import { type Directory, type Member, membersOf } from "./directory.ts";
import { parseLabelQuery } from "./label-query.ts";
import { resolveAddress, resolveCidr, resolveEntity, resolveName } from "./resolve-place.ts";

/** Writes a party as text. */
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
