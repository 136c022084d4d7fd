import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { closest } from "@idstack/manifests";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { authorizationTable, type Stack, serviceId } from "@idstack/stack";
import { Command } from "commander";
import { CliError } from "../errors.ts";
import type { Io } from "../io.ts";
import { loadConfig } from "../load-config.ts";
import type { Finish } from "../program.ts";
import { runChild } from "../run-child.ts";

interface DevFlags {
  readonly id: string;
  readonly service?: string;
  readonly config: string;
  readonly trustDomain: string;
  readonly ttl: string;
  readonly directory?: string;
}

/** `idstack dev -- command`: runs a program with a development identity. */
export function devCommand(io: Io, finish: Finish): Command {
  return new Command("dev")
    .description("runs a program with a development identity (no SPIRE, no cluster)")
    .argument("[command...]", "the program and its arguments, after --")
    .option("--id <id>", "SPIFFE ID, or its path", "/dev")
    .option("--service <name>", "take identity and authorization of this service from the declaration")
    .option("-c, --config <file>", "the declaration, with --service", "stack.config.ts")
    .option("--trust-domain <name>", "trust domain of the identity", "homelab.internal")
    .option("--ttl <seconds>", "life of an SVID; replaced at half of it", "3600")
    .option("--directory <dir>", "where the development CA and the sockets are kept")
    .addHelpText("after", help)
    .action(async (command: string[], flags: DevFlags) => {
      const identity = await identityFor(flags, io);
      const ttlSeconds = Number(flags.ttl);
      if (!(ttlSeconds >= 2)) throw new CliError("invalid-identity", `--ttl ${flags.ttl}: give at least 2 seconds.`);
      await using agent = await startDevWorkloadApi({
        trustDomain: identity.trustDomain,
        identities: { [identity.name]: identity.id },
        directory: flags.directory ?? stateFolder(io.env, identity.trustDomain),
        ttlSeconds,
      });
      const address = agent.addresses[identity.name] ?? "";
      io.err.write(`idstack: ${identity.id} at ${address}\n`);
      const [program, ...args] = command;
      if (program === undefined) {
        io.err.write(`idstack: export SPIFFE_ENDPOINT_SOCKET=${address} in another terminal; Ctrl-C ends it\n`);
        await untilInterrupted();
        return;
      }
      const folder = await mkdtemp(join(tmpdir(), "idstack-dev-"));
      try {
        const env = { ...io.env, SPIFFE_ENDPOINT_SOCKET: address, ...(await authorizationEnv(folder, identity.stack)) };
        finish(await runChild(program, args, { cwd: io.cwd, env }));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
}

interface DevIdentity {
  readonly name: string;
  readonly id: string;
  readonly trustDomain: string;
  readonly stack?: Stack;
}

async function identityFor(flags: DevFlags, io: Io): Promise<DevIdentity> {
  if (flags.service !== undefined) {
    const stack = await loadConfig(flags.config, io.cwd);
    const names = Object.keys(stack.declaration.services);
    if (!names.includes(flags.service)) {
      const near = closest(flags.service, names);
      throw new CliError(
        "invalid-identity",
        `${flags.config} has no service "${flags.service}". ${near === undefined ? `It has: ${names.join(", ")}.` : `Did you mean ${near}?`}`,
      );
    }
    const { trustDomain } = stack.declaration.cluster;
    return { name: flags.service, id: serviceId(stack.declaration, flags.service), trustDomain, stack };
  }
  const domain = TrustDomain.parse(flags.trustDomain);
  const id = SpiffeId.parse(flags.id.startsWith("/") ? `spiffe://${domain.name}${flags.id}` : flags.id);
  const name = id.path.split("/").at(-1) ?? "dev";
  return { name, id: id.toString(), trustDomain: id.trustDomain.name };
}

/** Programs started in several terminals share one CA, so that they trust each other; it is never in a repository. */
function stateFolder(env: NodeJS.ProcessEnv, trustDomain: string): string {
  return join(env["XDG_STATE_HOME"] ?? join(env["HOME"] ?? homedir(), ".local/state"), "idstack/dev", trustDomain);
}

async function authorizationEnv(folder: string, stack: Stack | undefined): Promise<Record<string, string>> {
  if (stack === undefined) return {};
  const file = join(folder, "authorization.json");
  await writeFile(file, JSON.stringify(authorizationTable(stack.declaration)));
  return { IDSTACK_AUTHORIZATION: file };
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

const help = `
Examples:
  idstack dev -- node web.js
  idstack dev --id /ns/apps/sa/web -- node web.js
  idstack dev --service api -- npm start
  idstack dev --id /ns/apps/sa/web --ttl 20      (only the Workload API)

The program finds the Workload API in SPIFFE_ENDPOINT_SOCKET; with --service also the table of who may call whom, in the
file IDSTACK_AUTHORIZATION. Identities of one trust domain trust each other across terminals. Development only.
Exit status: that of the program.
`;
