import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { CliError } from "../errors.ts";
import { prepareDevFolder, socketName, stateFolder } from "./dev-folder.ts";
import type { DevIdentity } from "./dev-identity.ts";

/** A development identity that is being served. */
export interface ServedIdentity extends AsyncDisposable {
  readonly id: string;
  /** Of the Workload API: `unix:///…`. */
  readonly address: string;
  /** What a program has to find in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A month: timers of Node end at 24.8 days, and SVIDs are replaced at half of their life. */
const LONGEST_TTL = 30 * 24 * 3600;

/** How {@link serveIdentity} serves. */
export interface ServeOptions {
  /** Where CA and sockets are kept; a folder of the user's state if left out. */
  readonly directory: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Life of an SVID in seconds, as it was written. */
  readonly ttl: string;
  /** Several processes may serve this identity at once; the socket then has a name of its own. */
  readonly shared: boolean;
}

/**
 * Serves a development identity. Dispose it to remove its socket and files; they are also removed when the process exits
 * without that.
 *
 * @throws CliError, SpiffeError
 */
export async function serveIdentity(identity: DevIdentity, options: ServeOptions): Promise<ServedIdentity> {
  const { id, trustDomain, authorization } = identity;
  const ttlSeconds = Number(options.ttl);
  if (!/^\d+$/.test(options.ttl) || ttlSeconds < 2 || ttlSeconds > LONGEST_TTL) {
    throw new CliError("invalid-identity", `--ttl ${options.ttl}: give whole seconds, 2 to ${LONGEST_TTL}`);
  }
  const directory = options.directory ?? stateFolder(options.env, trustDomain);
  await prepareDevFolder(directory, trustDomain);
  const name = socketName(directory, id, options);
  const files = authorization === undefined ? undefined : mkdtempSync(join(tmpdir(), "idstack-dev-"));
  const remove = (): void => {
    rmSync(join(directory, `${name}.sock`), { force: true });
    if (files !== undefined) rmSync(files, { recursive: true, force: true });
  };
  process.once("exit", remove);
  const variables = files === undefined ? {} : writeAuthorization(files, authorization);
  const agent = await startDevWorkloadApi({ trustDomain, identities: { [name]: id }, directory, ttlSeconds });
  const address = agent.addresses[name] ?? "";
  return {
    id,
    address,
    env: { SPIFFE_ENDPOINT_SOCKET: address, ...variables },
    async [Symbol.asyncDispose]() {
      await agent.close();
      remove();
      process.off("exit", remove);
    },
  };
}

function writeAuthorization(folder: string, table: unknown): { readonly IDSTACK_AUTHORIZATION: string } {
  const file = join(folder, "authorization.json");
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`, { mode: 0o600 });
  return { IDSTACK_AUTHORIZATION: file };
}
