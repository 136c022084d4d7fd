import { closest } from "@idstack/manifests";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import type { DevFlags } from "../commands/dev.ts";
import { CliError } from "../errors.ts";
import type { Io } from "../io.ts";

/** Who a program of `idstack dev` is. */
export interface DevIdentity {
  readonly id: string;
  readonly trustDomain: string;
  /** Who may call whom, by SPIFFE ID; of a declaration only. */
  readonly authorization?: object;
}

/**
 * The identity that the flags of `idstack dev` describe: a service of the declaration, or a SPIFFE ID.
 *
 * @throws CliError, SpiffeError
 */
export async function identityOf(flags: DevFlags, io: Io): Promise<DevIdentity> {
  if (flags.service !== undefined) return await identityOfService(flags.service, flags.config, io);
  const domain = TrustDomain.parse(flags.trustDomain);
  const id = SpiffeId.parse(flags.id.startsWith("/") ? `${domain.idString}${flags.id}` : flags.id);
  if (id.path === "")
    throw new CliError("invalid-identity", `${id} names a trust domain: a workload has a path, ${id}/web`);
  return { id: id.toString(), trustDomain: id.trustDomain.name };
}

async function identityOfService(service: string, config: string, io: Io): Promise<DevIdentity> {
  const [{ loadConfig }, { authorizationTable, serviceId }] = await Promise.all([
    import("../load-config.ts"),
    import("@idstack/stack"),
  ]);
  const { declaration } = await loadConfig(config, io.cwd);
  const names = Object.keys(declaration.services);
  if (!names.includes(service)) {
    const near = closest(service, names);
    const help = near === undefined ? `It has ${names.join(", ")}.` : `Did you mean ${near}?`;
    throw new CliError("invalid-identity", `${config} has no service ${JSON.stringify(service)}. ${help}`);
  }
  const id = serviceId(declaration, service);
  const authorization = authorizationTable(declaration);
  if (authorization[id] === undefined) {
    io.err.write(
      `idstack: in the cluster ${service} has no identity: it neither serves mutual TLS nor calls who does\n`,
    );
  }
  return { id, trustDomain: declaration.cluster.trustDomain, authorization };
}
