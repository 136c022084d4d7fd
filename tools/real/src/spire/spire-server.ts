import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LogFile } from "../internal/log-file.ts";
import { type ProgramResult, type RunOptions, runProgram } from "../internal/run-program.ts";
import { SupervisedProcess } from "../internal/supervised-process.ts";
import { untilReady } from "../internal/until-ready.ts";
import type { SpireServerFacts } from "./config.ts";

/** A registration entry; what is left out has SPIRE's defaults. */
export interface SpireEntry {
  /** With or without `spiffe://trust-domain`. */
  readonly spiffeId: string;
  /** Default: the first agent of the server's trust domain. */
  readonly parentId?: string;
  /** Default: processes of this user, `unix:uid:N`. */
  readonly selectors?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly hint?: string;
  /** Seconds. */
  readonly x509SvidTtl?: number;
  /** Seconds. */
  readonly jwtSvidTtl?: number;
  /** Trust domains. */
  readonly federatesWith?: readonly string[];
}

export class SpireServer implements AsyncDisposable {
  readonly trustDomain: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Where it serves its bundle (profile `https_spiffe`). */
  readonly bundleEndpointUrl: string;
  readonly socketPath: string;
  /** Where its database is, and with the default configuration its keys. */
  readonly dataDirectory: string;
  /** The file it was started with. */
  readonly configPath: string;
  readonly log: LogFile;
  readonly #program: string;
  readonly #process: SupervisedProcess;
  readonly #defaultParent: () => string;

  private constructor(
    facts: SpireServerFacts,
    details: { program: string; process: SupervisedProcess; configPath: string; defaultParent: () => string },
  ) {
    this.trustDomain = facts.trustDomain;
    this.address = { host: facts.bindAddress, port: facts.bindPort };
    this.bundleEndpointUrl = `https://${facts.bindAddress}:${facts.bundleEndpointPort}`;
    this.socketPath = facts.socketPath;
    this.dataDirectory = facts.dataDirectory;
    this.configPath = details.configPath;
    this.log = details.process.log;
    this.#program = details.program;
    this.#process = details.process;
    this.#defaultParent = details.defaultParent;
  }

  static async start(options: {
    readonly program: string;
    readonly directory: string;
    readonly facts: SpireServerFacts;
    readonly config: string;
    readonly defaultParent: () => string;
  }): Promise<SpireServer> {
    const { program, directory, facts, config, defaultParent } = options;
    await mkdir(facts.dataDirectory, { recursive: true, mode: 0o700 });
    const configPath = join(directory, "server.conf");
    await writeFile(configPath, config);
    const process = await SupervisedProcess.start({
      name: `spire-server of ${facts.trustDomain}`,
      program,
      args: ["run", "-config", configPath],
      logFile: join(directory, "server.log"),
    });
    const server = new SpireServer(facts, { program, process, configPath, defaultParent });
    try {
      const isHealthy = async (): Promise<boolean> =>
        (await server.run(["healthcheck"], { allowFailure: true })).status === 0;
      await untilReady(process, isHealthy, { state: "healthy", every: 100 });
    } catch (error) {
      await process.stop();
      throw error;
    }
    return server;
  }

  /** Runs `spire-server` with the socket of this server. @throws {RealError} `command-failed` */
  run(args: readonly string[], options?: RunOptions): Promise<ProgramResult> {
    return runProgram(this.#program, [...args, "-socketPath", this.socketPath], options);
  }

  /** Its identifier. An agent has the entry about two seconds later: see `SpireAgent.waitFor`. */
  async createEntry(entry: SpireEntry): Promise<string> {
    const id = entry.spiffeId.startsWith("spiffe://")
      ? entry.spiffeId
      : `spiffe://${this.trustDomain}${entry.spiffeId}`;
    const selectors = entry.selectors ?? [`unix:uid:${process.getuid?.() ?? 0}`];
    const args = ["-parentID", entry.parentId ?? this.#defaultParent(), "-spiffeID", id];
    for (const selector of selectors) args.push("-selector", selector);
    for (const name of entry.dnsNames ?? []) args.push("-dns", name);
    for (const trustDomain of entry.federatesWith ?? []) args.push("-federatesWith", `spiffe://${trustDomain}`);
    if (entry.hint !== undefined) args.push("-hint", entry.hint);
    if (entry.x509SvidTtl !== undefined) args.push("-x509SVIDTTL", String(entry.x509SvidTtl));
    if (entry.jwtSvidTtl !== undefined) args.push("-jwtSVIDTTL", String(entry.jwtSvidTtl));
    const { stdout } = await this.run(["entry", "create", "-output", "json", ...args]);
    const [result] = (JSON.parse(stdout) as { results: { entry: { id: string } }[] }).results;
    if (result === undefined) throw new TypeError(`spire-server entry create answered ${stdout}`);
    return result.entry.id;
  }

  async deleteEntry(entryId: string): Promise<void> {
    await this.run(["entry", "delete", "-entryID", entryId]);
  }

  /** Its bundle: `spiffe` is the JSON of a bundle endpoint. */
  async bundle(format: "pem" | "spiffe" = "spiffe"): Promise<string> {
    return (await this.run(["bundle", "show", "-format", format])).stdout;
  }

  /** Gives it the bundle of another trust domain, in the JSON of a bundle endpoint. */
  async setBundle(trustDomain: string, bundle: string): Promise<void> {
    await this.run(["bundle", "set", "-format", "spiffe", "-id", `spiffe://${trustDomain}`], { input: bundle });
  }

  /** A token for one agent, which then also has the given ID. */
  async joinToken(agentId: string): Promise<string> {
    const { stdout } = await this.run(["token", "generate", "-output", "json", "-spiffeID", agentId]);
    return (JSON.parse(stdout) as { value: string }).value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}
