import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import type { DevFlags } from "../commands/dev.ts";
import { CliError } from "../errors.ts";
import type { Io } from "../io.ts";
import { prepareDevFolder, socketName, stateFolder } from "./dev-folder.ts";
import { identityOf } from "./dev-identity.ts";

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

/**
 * Serves the identity that the flags of `idstack dev` describe. Dispose it to remove its socket and files; they are also
 * removed when the process exits without that.
 *
 * @param shared - Several processes may serve this identity at once; the socket then has a name of its own.
 * @throws CliError, SpiffeError
 */
export async function serveIdentity(
  flags: DevFlags,
  io: Io,
  { shared }: { readonly shared: boolean },
): Promise<ServedIdentity> {
  const ttlSeconds = Number(flags.ttl);
  if (!/^\d+$/.test(flags.ttl) || ttlSeconds < 2 || ttlSeconds > LONGEST_TTL) {
    throw new CliError("invalid-identity", `--ttl ${flags.ttl}: give whole seconds, 2 to ${LONGEST_TTL}`);
  }
  const { id, trustDomain, authorization } = await identityOf(flags, io);
  const directory = flags.directory === undefined ? stateFolder(io.env, trustDomain) : resolve(io.cwd, flags.directory);
  await prepareDevFolder(directory, trustDomain);
  const name = socketName(directory, id, { shared });
  const agent = await startDevWorkloadApi({ trustDomain, identities: { [name]: id }, directory, ttlSeconds });
  const files = authorization === undefined ? undefined : mkdtempSync(join(tmpdir(), "idstack-dev-"));
  const removeFiles = (): void => {
    rmSync(join(directory, `${name}.sock`), { force: true });
    if (files !== undefined) rmSync(files, { recursive: true, force: true });
  };
  process.once("exit", removeFiles);
  const address = agent.addresses[name] ?? "";
  return {
    id,
    address,
    env: { SPIFFE_ENDPOINT_SOCKET: address, ...(files !== undefined && writeAuthorization(files, authorization)) },
    async [Symbol.asyncDispose]() {
      await agent.close();
      removeFiles();
      process.off("exit", removeFiles);
    },
  };
}

function writeAuthorization(folder: string, table: unknown): { readonly IDSTACK_AUTHORIZATION: string } {
  const file = join(folder, "authorization.json");
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`, { mode: 0o600 });
  return { IDSTACK_AUTHORIZATION: file };
}
