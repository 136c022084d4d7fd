import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { isObject, parseUniqueJson } from "../internal/json.ts";
import type { DevCa } from "./dev-ca.ts";
import type { DevEntry, DevIdentities } from "./entry.ts";
import {
  authorityOf,
  type DevWorkloadApi,
  type DevWorkloadApiOptions,
  refuseProduction,
  serveTrustDomain,
} from "./start.ts";
import { DevTrustDomain } from "./trust-domain.ts";

/** One trust domain of a {@link DevEnvironmentConfig}. */
export interface DevTrustDomainConfig {
  readonly identities: Readonly<Record<string, DevIdentities>>;
  /** Trust domains of the same environment whose bundles its workloads get. Default: all the others. */
  readonly federatesWith?: readonly string[] | undefined;
  /** Life of an X.509-SVID; a new one is pushed at half of it. Default 3600. */
  readonly ttlSeconds?: number | undefined;
}

/** Trust domains by name. */
export type DevEnvironmentConfig = Readonly<Record<string, DevTrustDomainConfig>>;

/** Options of {@link startDevEnvironment}. */
export interface DevEnvironmentOptions {
  /** Keeps CAs and sockets here, in a folder for each trust domain. Default: in memory and in temporary directories. */
  readonly directory?: string | undefined;
  /** Starts even with `NODE_ENV=production`. */
  readonly force?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/** Running trust domains, see {@link startDevEnvironment}. */
export interface DevEnvironment extends AsyncDisposable {
  readonly trustDomains: Readonly<Record<string, DevWorkloadApi>>;
  /** The running agent of a trust domain. @throws TypeError for one that is not served. */
  agent(trustDomain: string): DevWorkloadApi;
  close(): Promise<void>;
}

/**
 * Starts several development trust domains that federate with one another, one socket for each workload.
 *
 * @param config Trust domains by name, or the path that {@link readDevConfig} reads.
 * @throws {@link SpiffeError} as `startDevWorkloadApi`; TypeError for a configuration that cannot be.
 *
 * @example
 * ```ts
 * import { X509Source } from "@idstack/spiffe";
 * import { startDevEnvironment } from "@idstack/spiffe/dev";
 * const environment = await startDevEnvironment({
 *   "homelab.internal": { identities: { web: "/web" } },
 *   "partner.internal": { identities: { api: "/api" } },
 * });
 * const source = await X509Source.open({ address: environment.agent("partner.internal").addresses["api"] });
 * console.log(source.getX509Context().bundles.size); // 2
 * await source.close();
 * await environment.close();
 * ```
 */
export async function startDevEnvironment(
  config: DevEnvironmentConfig | string,
  options: DevEnvironmentOptions = {},
): Promise<DevEnvironment> {
  refuseProduction(options.force);
  const trustDomains = typeof config === "string" ? await readDevConfig(config) : config;
  const names = Object.keys(trustDomains);
  if (names.length === 0) throw new TypeError("there is no trust domain");
  const { directory, clock, force } = options;
  const plans: {
    readonly options: DevWorkloadApiOptions;
    readonly federatesWith: readonly string[];
    readonly ca: DevCa;
  }[] = [];
  for (const [name, { identities, ttlSeconds, federatesWith }] of Object.entries(trustDomains)) {
    const unknown = federatesWith?.find((other) => other === name || !names.includes(other));
    if (unknown !== undefined) throw new TypeError(`${name} cannot federate with ${JSON.stringify(unknown)}`);
    const own = { trustDomain: name, identities, ttlSeconds, clock, force };
    const each = { ...own, directory: directory && join(directory, TrustDomain.parse(name).name) };
    const others = federatesWith ?? names.filter((other) => other !== name);
    plans.push({ options: each, federatesWith: others, ca: await authorityOf(each) });
  }
  const bundles = new Map(
    plans.map(({ options: { trustDomain }, ca }) => [
      trustDomain,
      new DevTrustDomain(TrustDomain.parse(trustDomain), ca, []).own,
    ]),
  );
  const agents: [string, DevWorkloadApi][] = [];
  const close = async (): Promise<void> => {
    await Promise.all(agents.map(([, agent]) => agent.close()));
  };
  try {
    for (const { options: each, federatesWith, ca } of plans) {
      const federated = federatesWith.flatMap((other) => bundles.get(other) ?? []);
      agents.push([each.trustDomain, await serveTrustDomain(each, ca, federated)]);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const running = Object.fromEntries(agents);
  return {
    trustDomains: running,
    agent(trustDomain) {
      const found = running[trustDomain];
      if (found === undefined) throw new TypeError(`${JSON.stringify(trustDomain)} is not served`);
      return found;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Reads a configuration: a JSON file with {@link DevEnvironmentConfig}, or a directory with a folder for each trust domain
 * and in it a file for each workload. `web.json` holds an entry or a list of them, any other file (`web`, `web.txt`) one
 * SPIFFE ID or path in a line; hidden files are left out.
 *
 * @throws TypeError that names the file. Entries are checked when the environment starts.
 */
export async function readDevConfig(path: string): Promise<DevEnvironmentConfig> {
  if (!(await stat(path)).isDirectory()) return configOf(path, await readJson(path));
  const domains: Record<string, DevTrustDomainConfig> = {};
  for (const domain of await readdir(path, { withFileTypes: true })) {
    if (!domain.isDirectory() || domain.name.startsWith(".")) continue;
    const identities: Record<string, DevIdentities> = {};
    for (const file of await readdir(join(path, domain.name), { withFileTypes: true })) {
      if (!file.isFile() || file.name.startsWith(".")) continue;
      const place = join(path, domain.name, file.name);
      const extension = extname(file.name);
      const entry =
        extension === ".json" ? identitiesOf(place, await readJson(place)) : (await readFile(place, "utf8")).trim();
      identities[extension === ".json" || extension === ".txt" ? basename(file.name, extension) : file.name] = entry;
    }
    domains[domain.name] = { identities };
  }
  return domains;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return parseUniqueJson(await readFile(path, "utf8"));
  } catch (cause) {
    throw new TypeError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

function configOf(path: string, value: unknown): DevEnvironmentConfig {
  if (!isObject(value)) throw new TypeError(`${path} holds no object with trust domains`);
  for (const [name, domain] of Object.entries(value)) {
    const identities = isObject(domain) ? domain["identities"] : undefined;
    if (!isObject(identities)) throw new TypeError(`${path}: ${JSON.stringify(name)} has no object "identities"`);
    for (const each of Object.values(identities)) identitiesOf(path, each);
  }
  return value as unknown as DevEnvironmentConfig;
}

function identitiesOf(path: string, value: unknown): DevIdentities {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  for (const each of list) {
    const id = isObject(each) ? each["id"] : each;
    if (typeof id !== "string") throw new TypeError(`${path}: an identity is a SPIFFE ID, or an object with "id"`);
  }
  return value as string | DevEntry | readonly (string | DevEntry)[];
}
