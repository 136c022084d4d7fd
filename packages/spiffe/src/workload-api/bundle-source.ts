import { type JwtBundle, JwtBundleSet, type JwtBundleSource } from "../bundle/jwt-bundle.ts";
import { type X509Bundle, X509BundleSet, type X509BundleSource } from "../bundle/x509-bundle.ts";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { Listeners } from "../internal/listeners.ts";
import { Watch } from "../internal/watch.ts";
import { WorkloadApiClient } from "./client.ts";
import { JwtBundleReader } from "./jwt-bundles.ts";
import { sameJwtBundles, sameX509Bundles } from "./same-context.ts";
import type { HealthSource, SourceHealth } from "./source-health.ts";
import type { SourceOptions } from "./source-options.ts";

/** Which bundles a {@link BundleSource} follows. */
export type BundleKind = "x509" | "jwt";

/** Options of {@link BundleSource.open}. */
export interface BundleSourceOptions extends SourceOptions {
  /** Default both. An agent that offers only one kind answers `unimplemented` to the other. */
  readonly kinds?: readonly BundleKind[] | undefined;
}

/** The bundles of this moment. A kind that is not followed, or withdrawn, is an empty set: it trusts nothing. */
export interface BundleSnapshot {
  readonly x509: X509BundleSet;
  readonly jwt: JwtBundleSet;
}

/**
 * The bundles of the own and of all federated trust domains, kept up to date from the Workload API: for workloads that verify
 * others without an identity of their own (SPIFFE_Workload_API §5.2.2, §6.2.2).
 *
 * While the agent is away the last bundles stay in use; when it denies them they are withdrawn at once.
 *
 * @example
 * ```ts
 * import { BundleSource, TrustDomain } from "@idstack/spiffe";
 * import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
 * const agent = await startWorkloadApi({ svids: [new TestCa("homelab.internal").svid("/web")] });
 * const source = await BundleSource.open({ address: agent.address, kinds: ["x509"] });
 * console.log(source.getX509Bundle(TrustDomain.parse("homelab.internal"))?.authorities.length); // 1
 * await source.close();
 * await agent.close();
 * ```
 */
export class BundleSource implements X509BundleSource, JwtBundleSource, HealthSource, AsyncDisposable {
  readonly #client: WorkloadApiClient;
  readonly #x509: Watch<X509BundleSet, X509BundleSet>;
  readonly #jwt: Watch<ReadonlyMap<string, string>, JwtBundleSet>;
  readonly #kinds: ReadonlySet<BundleKind>;
  readonly #listeners = new Listeners<BundleSnapshot>();

  private constructor(client: WorkloadApiClient, options: BundleSourceOptions) {
    const { kinds = ["x509", "jwt"] } = options;
    if (kinds.length === 0) throw new TypeError('kinds has to name "x509", "jwt" or both');
    this.#client = client;
    this.#kinds = new Set(kinds);
    const { address } = client.endpoint;
    const reader = new JwtBundleReader((error) => this.#jwt.report(error), options.limits);
    this.#x509 = new Watch<X509BundleSet, X509BundleSet>(
      {
        ...plan("X.509", address),
        open: (watch) => client.watchX509Bundles(watch),
        accept: (bundles) => bundles,
        same: sameX509Bundles,
      },
      options,
    );
    this.#jwt = new Watch<ReadonlyMap<string, string>, JwtBundleSet>(
      {
        ...plan("JWT", address),
        open: (watch) => client.watchJwtBundles(watch),
        accept: (documents) => reader.read(documents),
        same: sameJwtBundles,
      },
      options,
    );
    for (const watch of [this.#x509, this.#jwt]) watch.onUpdate(() => this.#listeners.emit(this.snapshot));
  }

  /**
   * Connects and waits for the first bundles of every kind.
   *
   * @throws {@link SpiffeError} as `X509Source.open` does.
   */
  static async open(options: BundleSourceOptions = {}): Promise<BundleSource> {
    options.signal?.throwIfAborted();
    const source = new BundleSource(new WorkloadApiClient(options), options);
    try {
      await Promise.all(source.#watches.map((watch) => watch.start()));
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** @throws {@link SpiffeError} `no-bundles` while they are withdrawn, `source-closed`. */
  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.#x509.state.get(trustDomain);
  }

  /** @throws {@link SpiffeError} `no-bundles` while they are withdrawn, `source-closed`. */
  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    return this.#jwt.state.get(trustDomain);
  }

  /** Everything that is trusted at this moment. */
  get snapshot(): BundleSnapshot {
    return { x509: this.#x509.present ?? new X509BundleSet(), jwt: this.#jwt.present ?? new JwtBundleSet() };
  }

  /** Calls back after every update until the returned function is called. */
  onUpdate(listener: (bundles: BundleSnapshot) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** How the kind that is doing worst is doing; never throws. */
  health(): SourceHealth {
    const [first, ...rest] = this.#watches.map((watch) => watch.health());
    if (first === undefined) throw new TypeError("a BundleSource follows at least one kind");
    return rest.reduce((worst, each) => (rank(each) > rank(worst) ? each : worst), first);
  }

  /** Every update from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<BundleSnapshot> {
    return this.#listeners.iterate(signal);
  }

  /** Ends the streams and withdraws the bundles. Safe to call twice. */
  async close(): Promise<void> {
    const disconnect = (): void => this.#client.close();
    await Promise.all([this.#x509.close(disconnect), this.#jwt.close(disconnect)]);
    this.#listeners.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #watches(): readonly { start(): Promise<void>; health(): SourceHealth }[] {
    return [...(this.#kinds.has("x509") ? [this.#x509] : []), ...(this.#kinds.has("jwt") ? [this.#jwt] : [])];
  }
}

function rank({ healthy, state }: SourceHealth): number {
  if (!healthy) return 2;
  return state === "ready" ? 0 : 1;
}

function plan(kind: string, address: string) {
  return {
    source: "bundle" as const,
    noun: `${kind} bundle`,
    address,
    initial: new SpiffeError("no-bundles", `the agent has not delivered ${kind} bundles`),
    closed: new SpiffeError("source-closed", "the BundleSource is closed"),
    withdrawn: (cause: SpiffeError): SpiffeError =>
      new SpiffeError("no-bundles", `the agent withdrew the ${kind} bundles: ${cause.message}`, { cause }),
  };
}
