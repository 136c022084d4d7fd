import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { WorkloadApiServer } from "../internal/workload-api/server.ts";
import { type DevCa, directoryCa, memoryCa } from "./dev-ca.ts";
import { type DevIdentities, type RegisteredEntry, registeredEntries } from "./entry.ts";
import { type DevBundle, DevTrustDomain } from "./trust-domain.ts";
import { DevWorkload } from "./workload.ts";

/** Options of {@link startDevWorkloadApi}. */
export interface DevWorkloadApiOptions<Name extends string = string> {
  readonly trustDomain: string;
  /**
   * Name of the socket → SPIFFE ID or its path: `{ web: "/ns/apps/sa/web" }`. In place of the ID an entry that says more
   * (DNS names, hint, lifetimes), or a list for a workload with several identities.
   */
  readonly identities: Readonly<Record<Name, DevIdentities>>;
  /** Life of an X.509-SVID; a new one is pushed at half of it. At least 2, default 3600. */
  readonly ttlSeconds?: number | undefined;
  /**
   * Keeps the CA and the sockets here (0700, keys 0600), so that they survive a restart. Default: the CA in memory, the
   * sockets in a temporary directory.
   */
  readonly directory?: string | undefined;
  /** Other development trust domains whose members this one's workloads can verify. One way: the other side decides for itself. */
  readonly federatesWith?: readonly { readonly bundle: DevBundle }[] | undefined;
  /** Starts even with `NODE_ENV=production`. */
  readonly force?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Starts a Workload API for development: one trust domain with a CA of its own and one unix socket per workload. Whoever
 * can open a socket *is* that workload: there is no attestation, so it must never serve production. Otherwise it behaves
 * as an agent of SPIRE: the same SVIDs, streams, status codes and JWT rules, which one suite shows for both.
 *
 * @throws {@link SpiffeError} `development-only`, `ca-directory`, `socket-in-use`, `invalid-trust-domain`, `invalid-spiffe-id`.
 *
 * @example
 * ```ts
 * import { X509Source } from "@idstack/spiffe";
 * import { startDevWorkloadApi } from "@idstack/spiffe/dev";
 * const agent = await startDevWorkloadApi({ trustDomain: "homelab.internal", identities: { web: "/ns/apps/sa/web" } });
 * const source = await X509Source.open({ address: agent.addresses.web });
 * console.log(`${source.svid.id}`); // "spiffe://homelab.internal/ns/apps/sa/web"
 * await source.close();
 * await agent.close();
 * ```
 */
export async function startDevWorkloadApi<const Name extends string>(
  options: DevWorkloadApiOptions<Name>,
): Promise<DevWorkloadApi<Name>> {
  refuseProduction(options.force);
  const { federatesWith = [] } = options;
  const ca = await authorityOf(options);
  return serveTrustDomain(
    options,
    ca,
    federatesWith.map(({ bundle }) => bundle),
  );
}

/** @throws SpiffeError `development-only` */
export function refuseProduction(force: boolean | undefined): void {
  if (process.env["NODE_ENV"] !== "production" || force === true) return;
  throw new SpiffeError(
    "development-only",
    "NODE_ENV is production: the development Workload API hands an identity to everybody who opens its socket; run a SPIRE agent",
  );
}

/** The CA of a trust domain, made or loaded. @throws TypeError, SpiffeError */
export async function authorityOf(options: DevWorkloadApiOptions): Promise<DevCa> {
  const { directory, clock = systemClock, ttlSeconds = 3600 } = options;
  const trustDomain = TrustDomain.parse(options.trustDomain);
  // Mistakes are found before anything is written.
  entriesOf(options, trustDomain, ttlSeconds);
  const now = clock.now();
  return directory === undefined ? memoryCa(trustDomain, now) : directoryCa(directory, trustDomain, now);
}

function entriesOf(
  { identities }: DevWorkloadApiOptions,
  trustDomain: TrustDomain,
  ttlSeconds: number,
): (readonly [string, RegisteredEntry[]])[] {
  if (!(ttlSeconds >= 2)) throw new TypeError("ttlSeconds has to be at least 2");
  return Object.entries<DevIdentities>(identities).map(
    ([name, given]) => [fileName(name), registeredEntries(name, given, trustDomain, ttlSeconds)] as const,
  );
}

/** Serves one trust domain, one socket for each of its workloads. */
export async function serveTrustDomain<Name extends string>(
  options: DevWorkloadApiOptions<Name>,
  ca: DevCa,
  federated: readonly DevBundle[],
): Promise<DevWorkloadApi<Name>> {
  const { ttlSeconds = 3600, directory, clock = systemClock } = options;
  const trustDomain = TrustDomain.parse(options.trustDomain);
  const entries = entriesOf(options, trustDomain, ttlSeconds);
  const domain = new DevTrustDomain(trustDomain, ca, federated);
  const temporary = directory === undefined ? await mkdtemp(join(tmpdir(), "spiffe-dev-")) : undefined;
  const folder = directory ?? temporary ?? "";
  const agent = new DevWorkloadApi<Name>(domain.own, temporary, (name, identities) =>
    registeredEntries(name, identities, trustDomain, ttlSeconds),
  );
  try {
    for (const [name, registered] of entries) {
      const path = join(folder, `${name}.sock`);
      await removeStaleSocket(path);
      const workload = new DevWorkload(registered, domain, clock);
      try {
        agent.add(name as Name, workload, await WorkloadApiServer.listen(workload.handlers, { path, mode: 0o600 }));
      } catch (error) {
        // Its renewals would keep the process alive.
        workload.stop();
        throw error;
      }
    }
    return agent;
  } catch (error) {
    await agent.close();
    throw error;
  }
}

/** A running development Workload API, see {@link startDevWorkloadApi}. */
export class DevWorkloadApi<Name extends string = string> implements AsyncDisposable {
  /** What other trust domains need to verify members of this one. */
  readonly bundle: DevBundle;
  readonly #workloads = new Map<Name, { readonly workload: DevWorkload; readonly server: WorkloadApiServer }>();
  readonly #temporary: string | undefined;
  readonly #entriesOf: (name: string, identities: DevIdentities) => RegisteredEntry[];

  /** @internal Use `startDevWorkloadApi`. */
  constructor(
    bundle: DevBundle,
    temporary: string | undefined,
    entriesOf: (name: string, identities: DevIdentities) => RegisteredEntry[],
  ) {
    this.bundle = bundle;
    this.#temporary = temporary;
    this.#entriesOf = entriesOf;
  }

  /** @internal */
  add(name: Name, workload: DevWorkload, server: WorkloadApiServer): void {
    this.#workloads.set(name, { workload, server });
  }

  /** For `X509Source.open({ address })` or `SPIFFE_ENDPOINT_SOCKET`, by name. */
  get addresses(): Readonly<Record<Name, string>> {
    const entries = [...this.#workloads].map(([name, { server }]) => [name, server.address]);
    return Object.fromEntries(entries) as Record<Name, string>;
  }

  /** SPIFFE IDs by name: the default one of a workload with several, none of one that nobody registered. */
  get ids(): Readonly<Partial<Record<Name, SpiffeId>>> {
    const entries = [...this.#workloads].flatMap(([name, { workload }]) =>
      workload.id === undefined ? [] : [[name, workload.id]],
    );
    return Object.fromEntries(entries) as Partial<Record<Name, SpiffeId>>;
  }

  /**
   * Replaces the identities of a workload while it is served, as creating and deleting registration entries does: open
   * streams get the new SVIDs; with `[]` they end with PermissionDenied, as all calls do that need an identity.
   *
   * @throws TypeError for a name that is not served, and as `startDevWorkloadApi` does; {@link SpiffeError} `invalid-spiffe-id`.
   */
  register(name: Name, identities: DevIdentities): void {
    const served = this.#workloads.get(name);
    if (served === undefined) throw new TypeError(`no socket is served for ${JSON.stringify(name)}`);
    served.workload.register(this.#entriesOf(name, identities));
  }

  /** Issues new SVIDs now, for one workload or all of them. */
  rotate(name?: Name): void {
    for (const [key, { workload }] of this.#workloads) if (name === undefined || key === name) workload.rotate();
  }

  /** Stops serving. A CA in a directory stays for the next start. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#workloads.values()].map(({ workload, server }) => {
        workload.stop();
        return server.close();
      }),
    );
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function fileName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name)) return name;
  throw new TypeError(`identity name ${JSON.stringify(name)} is no file name`);
}

/** A socket file that nobody serves is left over from a crash. */
async function removeStaleSocket(path: string): Promise<void> {
  const served = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (served) throw new SpiffeError("socket-in-use", `${path}: another process serves this socket`);
  await rm(path, { force: true });
}
