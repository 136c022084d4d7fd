import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { WorkloadApiServer } from "../internal/workload-api/server.ts";
import { directoryCa, memoryCa } from "./dev-ca.ts";
import { DevIdentity } from "./identity.ts";
import { type DevBundle, DevTrustDomain } from "./trust-domain.ts";

/** Options of {@link startDevWorkloadApi}. */
export interface DevWorkloadApiOptions<Name extends string = string> {
  readonly trustDomain: string;
  /** Name of the socket → SPIFFE ID or its path: `{ web: "/ns/apps/sa/web" }`. */
  readonly identities: Readonly<Record<Name, string>>;
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
 * Starts a Workload API for development: one trust domain with a CA of its own and one unix socket per identity. Whoever
 * can open a socket *is* that identity: there is no attestation, so it must never serve production.
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
  const { ttlSeconds = 3600, directory, federatesWith = [], clock = systemClock } = options;
  if (process.env["NODE_ENV"] === "production" && options.force !== true) {
    throw new SpiffeError(
      "development-only",
      "NODE_ENV is production: the development Workload API hands an identity to everybody who opens its socket; run a SPIRE agent",
    );
  }
  if (!(ttlSeconds >= 2)) throw new TypeError("ttlSeconds has to be at least 2");
  const trustDomain = TrustDomain.parse(options.trustDomain);
  const ids = Object.entries<string>(options.identities).map(
    ([name, id]) => [name, identityOf(name, id, trustDomain)] as const,
  );
  const ca =
    directory === undefined
      ? memoryCa(trustDomain, clock.now())
      : await directoryCa(directory, trustDomain, clock.now());
  const domain = new DevTrustDomain(
    trustDomain,
    ca,
    federatesWith.map(({ bundle }) => bundle),
  );
  const temporary = directory === undefined ? await mkdtemp(join(tmpdir(), "spiffe-dev-")) : undefined;
  const folder = directory ?? temporary ?? "";
  const agent = new DevWorkloadApi<Name>(domain.own, temporary);
  try {
    for (const [name, id] of ids) {
      const path = join(folder, `${name}.sock`);
      await removeStaleSocket(path);
      const identity = new DevIdentity(id, domain, ttlSeconds, clock);
      try {
        agent.add(name as Name, identity, await WorkloadApiServer.listen(identity.handlers, { path, mode: 0o600 }));
      } catch (error) {
        // Its renewals would keep the process alive.
        identity.stop();
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
  readonly #identities = new Map<Name, { readonly identity: DevIdentity; readonly server: WorkloadApiServer }>();
  readonly #temporary: string | undefined;

  /** @internal Use `startDevWorkloadApi`. */
  constructor(bundle: DevBundle, temporary: string | undefined) {
    this.bundle = bundle;
    this.#temporary = temporary;
  }

  /** @internal */
  add(name: Name, identity: DevIdentity, server: WorkloadApiServer): void {
    this.#identities.set(name, { identity, server });
  }

  /** For `X509Source.open({ address })` or `SPIFFE_ENDPOINT_SOCKET`, by identity name. */
  get addresses(): Readonly<Record<Name, string>> {
    const entries = [...this.#identities].map(([name, { server }]) => [name, server.address]);
    return Object.fromEntries(entries) as Record<Name, string>;
  }

  /** SPIFFE IDs by identity name. */
  get ids(): Readonly<Record<Name, SpiffeId>> {
    return Object.fromEntries([...this.#identities].map(([name, { identity }]) => [name, identity.id])) as Record<
      Name,
      SpiffeId
    >;
  }

  /** Issues new SVIDs now, for one identity or all of them. */
  rotate(name?: Name): void {
    for (const [key, { identity }] of this.#identities) if (name === undefined || key === name) identity.rotate();
  }

  /** Stops serving. A CA in a directory stays for the next start. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#identities.values()].map(({ identity, server }) => {
        identity.stop();
        return server.close();
      }),
    );
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function identityOf(name: string, id: string, trustDomain: TrustDomain): SpiffeId {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name))
    throw new TypeError(`identity name ${JSON.stringify(name)} is no file name`);
  const parsed = id.startsWith("/") ? SpiffeId.of(trustDomain, id) : SpiffeId.parse(id);
  if (!parsed.memberOf(trustDomain) || parsed.path === "") {
    throw new TypeError(`identity ${name}: ${parsed} is no workload of ${trustDomain.idString}`);
  }
  return parsed;
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
