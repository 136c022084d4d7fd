import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RealError } from "../errors.ts";
import { LogFile } from "../internal/log-file.ts";
import { type ProgramResult, type RunOptions, runProgram } from "../internal/run-program.ts";
import { SupervisedProcess } from "../internal/supervised-process.ts";
import { untilReady } from "../internal/until-ready.ts";
import type { SpireAgentFacts } from "./config.ts";

export interface SpireAgentDetails {
  readonly program: string;
  readonly directory: string;
  readonly facts: SpireAgentFacts;
  readonly config: string;
  /** The ID that entries name as their parent. */
  readonly id: string;
}

export class SpireAgent implements AsyncDisposable {
  readonly id: string;
  readonly trustDomain: string;
  readonly socketPath: string;
  /** Value for `SPIFFE_ENDPOINT_SOCKET`. */
  readonly endpoint: string;
  readonly adminSocketPath: string;
  readonly configPath: string;
  readonly log: LogFile;
  readonly #program: string;
  readonly #logFile: string;
  #process: SupervisedProcess | undefined;

  private constructor({ program, directory, facts, id }: SpireAgentDetails) {
    this.id = id;
    this.trustDomain = facts.trustDomain;
    this.socketPath = facts.socketPath;
    this.endpoint = `unix://${facts.socketPath}`;
    this.adminSocketPath = facts.adminSocketPath;
    this.configPath = join(directory, "agent.conf");
    this.#program = program;
    this.#logFile = join(directory, "agent.log");
    this.log = new LogFile(`spire-agent ${id}`, this.#logFile);
  }

  /** Without a token it joins by the node attestor of its configuration. */
  static async start(details: SpireAgentDetails, joinToken: string | undefined): Promise<SpireAgent> {
    const agent = new SpireAgent(details);
    await mkdir(details.facts.dataDirectory, { recursive: true, mode: 0o700 });
    await writeFile(agent.configPath, details.config);
    await agent.#run(joinToken === undefined ? [] : ["-joinToken", joinToken]);
    return agent;
  }

  /** Starts it again after {@link stop}: with the identity it had, from the key on its disk, or attested anew. */
  async start(): Promise<void> {
    await this.#run([]);
  }

  /** Ends it; its socket answers no more. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Ends it as a crash does: without a word to anybody, its socket file left behind. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Runs `spire-agent` with the Workload API socket of this agent. @throws {RealError} `command-failed` */
  run(args: readonly string[], options?: RunOptions): Promise<ProgramResult> {
    return runProgram(this.#program, [...args, "-socketPath", this.socketPath], options);
  }

  /**
   * Waits until a process of this user gets an X.509-SVID of that ID, as `spire-agent api fetch` sees it.
   *
   * @throws {RealError} `not-ready`
   */
  async waitFor(spiffeId: string, within = 30_000): Promise<void> {
    if (this.#process === undefined) throw new RealError("stopped", `${this.log.name} is stopped`);
    const id = spiffeId.startsWith("spiffe://") ? spiffeId : `spiffe://${this.trustDomain}${spiffeId}`;
    const isThere = async (): Promise<boolean> => {
      const fetch = ["api", "fetch", "x509", "-silent", "-output", "json"];
      const { status, stdout } = await this.run(fetch, { allowFailure: true });
      if (status !== 0) return false;
      return (JSON.parse(stdout) as { svids: { spiffe_id: string }[] }).svids.some((svid) => svid.spiffe_id === id);
    };
    await untilReady(this.#process, isThere, { state: `giving out ${id}`, within, every: 200 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(extra: readonly string[]): Promise<void> {
    if (this.#process !== undefined) return;
    const process = await SupervisedProcess.start({
      name: this.log.name,
      program: this.#program,
      args: ["run", "-config", this.configPath, ...extra],
      logFile: this.#logFile,
    });
    try {
      const isHealthy = async (): Promise<boolean> =>
        (await this.run(["healthcheck"], { allowFailure: true })).status === 0;
      await untilReady(process, isHealthy, { state: "healthy", every: 100 });
    } catch (error) {
      await process.stop();
      throw error;
    }
    this.#process = process;
  }
}
