import { resolve } from "node:path";
import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import type { Io } from "../io.ts";

/** The options of `idstack dev`, as they were written. */
export interface DevFlags {
  readonly id: string;
  readonly service?: string;
  readonly config: string;
  readonly trustDomain: string;
  readonly ttl: string;
  readonly directory?: string;
  readonly json?: boolean;
}

/** `idstack dev -- command`: runs a program with a development identity. */
export function devCommand(io: Io, finish: Finish): Command {
  return (
    new Command("dev")
      .description("runs a program with a development identity (no SPIRE, no cluster)")
      .argument("[command...]", "the program and its arguments; without it, the identity is served until Ctrl-C")
      .option("--id <id>", "SPIFFE ID, or its path", "/dev")
      .option("--service <name>", "take identity and authorization of this service from the declaration")
      .option("-c, --config <file>", "the declaration, with --service", "stack.config.ts")
      .option("--trust-domain <name>", "trust domain of the identity", "homelab.internal")
      .option("--ttl <seconds>", "life of an SVID; replaced at half of it", "3600")
      .option("--directory <dir>", "where the development CA and the sockets are kept")
      .option("--json", "announce the identity as one JSON document on stdout (without a program)")
      // What follows the program is the program's, with or without `--`.
      .passThroughOptions()
      .addHelpText("after", help)
      .action(async (command: string[], flags: DevFlags, self: Command) => {
        assertUsable(self, command, flags);
        const [{ holdSignals, runCommand }, { identityOf }, { serveIdentity }] = await Promise.all([
          import("@idstack/sops"),
          import("../internal/dev-identity.ts"),
          import("../internal/serve-identity.ts"),
        ]);
        // Loading a declaration can be interrupted; what follows leaves files behind if nobody removes them.
        const wanted = await identityOf(flags, io);
        using signals = holdSignals();
        await using identity = await serveIdentity(wanted, {
          directory: flags.directory === undefined ? undefined : resolve(io.cwd, flags.directory),
          ttl: flags.ttl,
          env: io.env,
          shared: command.length > 0,
        });
        announce(identity, io, flags.json === true);
        if (command.length === 0) {
          await signals.next();
          return finish(exitCodes.ok);
        }
        finish(await runCommand(command, { cwd: io.cwd, env: { ...io.env, ...identity.env }, signals }));
      })
  );
}

function assertUsable(self: Command, command: readonly string[], { json = false }: DevFlags): void {
  const given = (name: string) => self.getOptionValueSource(name) === "cli";
  const fail = (message: string) => self.error(`error: ${message}`);
  if (json && command.length > 0)
    fail("--json announces an identity without a program: with one, stdout is the program's");
  for (const [name, flag] of [
    ["id", "--id"],
    ["trustDomain", "--trust-domain"],
  ] as const) {
    if (given("service") && given(name)) fail(`${flag} and --service both give an identity: leave one out`);
  }
  if (given("config") && !given("service")) fail("--config is for --service: name a service of the declaration");
}

function announce({ id, address, env }: { id: string; address: string; env: object }, io: Io, json: boolean): void {
  if (json) io.out.write(`${JSON.stringify({ id, address, env }, null, 2)}\n`);
  else io.err.write(`idstack: ${id} at ${address}\n`);
}

const help = `
Examples:
  idstack dev -- node web.js
  idstack dev --id /ns/apps/sa/web -- node web.js
  idstack dev --service api -- npm start
  idstack dev --id /ns/apps/sa/web --ttl 20      (no program: serves the identity until Ctrl-C)

The program finds the Workload API in SPIFFE_ENDPOINT_SOCKET; with --service also the table of who may call whom, in the
file IDSTACK_AUTHORIZATION. Stdin, stdout, stderr and signals are the program's. Identities of one trust domain trust each
other across terminals: their CA is kept in $XDG_STATE_HOME/idstack/dev (~/.local/state), readable by you alone.
Development only: whoever can open the socket has the identity.

Exit status: that of the program, 128 + its number if a signal ended it; 0 without a program. Before the program starts:
2 wrong usage or configuration, 3 another failure.
`;
