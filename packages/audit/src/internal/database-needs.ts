import { matchesSelector, type VirtualEndpoint } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import { nameOf } from "./documents.ts";
import { listAt, mapAt, mapOf, textAt } from "./read.ts";
import { references } from "./references.ts";

/** A pod that evidently talks to a database. */
export interface DatabaseNeed {
  readonly pod: VirtualEndpoint;
  readonly database: VirtualEndpoint;
  readonly port: number;
  /** What says so, for the message: `DATABASE_HOST is web-db-rw.apps.svc`. */
  readonly evidence: string;
}

/** Where a database answers, under which host names and Secrets it is known, and which pods serve it. */
interface Database {
  readonly service: string;
  readonly namespace: string;
  readonly secrets: readonly string[];
  readonly endpoint: VirtualEndpoint;
  readonly port: number;
  /** The bare Service name is telling enough to be recognised without its namespace in any text. */
  readonly distinctive: boolean;
}

const databasePorts = new Set([1433, 3306, 5432, 6379, 9042, 27017]);

/** Who talks to which database, as far as the configuration in the tree tells. */
export function databaseNeeds(context: AuditContext): DatabaseNeed[] {
  const databases = [...cnpgDatabases(context), ...servedDatabases(context)];
  const needs = new Map<string, DatabaseNeed>();
  for (const { pod, text, key, secret } of references(context)) {
    for (const database of databases) {
      const { endpoint, port } = database;
      const isSame = pod.namespace === endpoint.namespace && pod.name === endpoint.name;
      if (isSame || !(secret ? namesSecret(text, pod, database) : namesHost(text, key, pod, database))) continue;
      const id = JSON.stringify([pod.namespace, pod.name, endpoint.namespace, endpoint.name, port]);
      const evidence = secret
        ? `it reads the Secret ${text}`
        : `${key === "" ? "an argument" : key} names ${database.service}`;
      if (!needs.has(id)) needs.set(id, { pod, database: endpoint, port, evidence });
    }
  }
  return [...needs.values()];
}

/** The Services and Secrets CloudNativePG makes for a Cluster. */
function cnpgDatabases(context: AuditContext): Database[] {
  return context.ofKind("postgresql.cnpg.io", "Cluster").flatMap(({ object }) => {
    const name = nameOf(object);
    const namespace = object.metadata?.namespace ?? "default";
    const endpoint = context.endpoints.find(
      (each) => each.namespace === namespace && each.labels["cnpg.io/cluster"] === name,
    );
    if (endpoint === undefined) return [];
    const secrets = [`${name}-app`, `${name}-superuser`];
    return ["rw", "ro", "r"].map((role) => ({
      service: `${name}-${role}`,
      namespace,
      secrets,
      endpoint,
      port: 5432,
      distinctive: true,
    }));
  });
}

/** Services of the tree on the port of a database. */
function servedDatabases(context: AuditContext): Database[] {
  return context.ofKind("", "Service").flatMap(({ object }) => {
    const namespace = object.metadata?.namespace ?? "default";
    const selector = mapAt(object, "spec", "selector") as Readonly<Record<string, string>>;
    const endpoint = context.endpoints.find(
      (each) =>
        each.namespace === namespace &&
        Object.keys(selector).length > 0 &&
        matchesSelector({ matchLabels: selector }, each.labels),
    );
    const entry = listAt(object, "spec", "ports")
      .map(mapOf)
      .find(({ port }) => databasePorts.has(Number(port)));
    if (endpoint === undefined || entry === undefined || textAt(object, "spec", "type") === "ExternalName") return [];
    const port = targetPort(entry, endpoint);
    return [{ service: nameOf(object), namespace, secrets: [], endpoint, port, distinctive: false }];
  });
}

/** Policies see the port of the container, not the one of the Service. */
function targetPort(
  { port, targetPort = port }: Readonly<Record<string, unknown>>,
  { ports }: VirtualEndpoint,
): number {
  return ports.find(({ name }) => name === targetPort)?.port ?? (Number(targetPort) || Number(port));
}

function namesSecret(text: string, pod: VirtualEndpoint, { secrets, namespace }: Database): boolean {
  return pod.namespace === namespace && secrets.includes(text);
}

function namesHost(
  text: string,
  key: string,
  pod: VirtualEndpoint,
  { service, namespace, distinctive }: Database,
): boolean {
  const hosts: readonly string[] = text.match(/[a-z0-9][a-z0-9.-]*/gi) ?? [];
  const qualified = [
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ];
  if (hosts.some((host) => qualified.includes(host.replace(/\.$/, "")))) return true;
  if (pod.namespace !== namespace || !hosts.includes(service)) return false;
  // A word such as "redis" alone says nothing; as the host of a URL or the value of a host setting it does.
  return (
    distinctive ||
    text.includes(`${service}:`) ||
    text.includes(`@${service}`) ||
    (text === service && /host|addr|server|url/i.test(key))
  );
}
