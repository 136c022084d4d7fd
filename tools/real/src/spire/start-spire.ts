import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component } from "../components/spire.ts";
import { requireInstalled } from "../installed.ts";
import { freePorts } from "../internal/ports.ts";
import { privateDirectory } from "../internal/private-directory.ts";
import { retryWhenAddressInUse } from "../internal/retry-address.ts";
import {
  renderAgentConfig,
  renderServerConfig,
  type SpireAgentFacts,
  type SpireServerFacts,
  type SpireTtl,
} from "./config.ts";
import { SpireAgent } from "./spire-agent.ts";
import { SpireServer } from "./spire-server.ts";

export interface SpireServerOptions {
  readonly trustDomain: string;
  /** The file it is started with, made from the addresses and paths it has to use. Default: {@link renderServerConfig}. */
  readonly config?: (facts: SpireServerFacts) => string;
}

export interface SpireAgentOptions {
  /** Default: that of the first server. */
  readonly trustDomain?: string;
  /** The file it is started with. Default: {@link renderAgentConfig}. */
  readonly config?: (facts: SpireAgentFacts) => string;
  /**
   * For a configuration whose node attestor needs no join token: the ID that the server gives this agent. Default: it
   * joins with a token, as `/node-N`.
   */
  readonly attestedAs?: string;
}

export interface SpireOptions {
  /** Default: one, `example.org`. */
  readonly servers?: readonly SpireServerOptions[];
  /** Default: one for each server. */
  readonly agents?: readonly SpireAgentOptions[];
  /** Every server federates with every other, over bundle endpoints. Default false. */
  readonly federation?: boolean;
  readonly ttl?: SpireTtl;
}

/** Running SPIRE servers and agents. */
export interface Spire extends AsyncDisposable {
  readonly version: string;
  readonly servers: readonly SpireServer[];
  readonly agents: readonly SpireAgent[];
  /** The server of a trust domain; the first by default. @throws {TypeError} where there is none. */
  server(trustDomain?: string): SpireServer;
  /** The first agent of a trust domain; the first of all by default. @throws {TypeError} where there is none. */
  agent(trustDomain?: string): SpireAgent;
  close(): Promise<void>;
}

/**
 * Starts SPIRE on loopback and in a private directory, as any user; everything is healthy when it returns.
 *
 * @throws {RealError} `not-installed`, `start-failed`, `not-ready`, the last two with the tail of the log.
 * @example
 * ```ts
 * import { startSpire } from "@idstack/tool-real";
 * await using spire = await startSpire({ ttl: { x509Svid: 60 } });
 * await spire.server().createEntry({ spiffeId: "/web" });
 * await spire.agent().waitFor("/web");
 * console.log(spire.agent().endpoint); // unix:///…
 * ```
 */
export async function startSpire(options: SpireOptions = {}): Promise<Spire> {
  const installed = await requireInstalled(component);
  const programs = { server: installed.path("spire-server"), agent: installed.path("spire-agent") };
  return retryWhenAddressInUse(() => start(options, programs));
}

async function start(options: SpireOptions, programs: { server: string; agent: string }): Promise<Spire> {
  const wanted = options.servers ?? [{ trustDomain: "example.org" }];
  const wantedAgents = options.agents ?? wanted.map(({ trustDomain }) => ({ trustDomain }));
  const agents: SpireAgent[] = [];
  const servers: SpireServer[] = [];
  const agent = (trustDomain?: string): SpireAgent => pick(agents, trustDomain, "agent");
  const server = (trustDomain?: string): SpireServer => pick(servers, trustDomain, "server");

  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await privateDirectory("spire"));
  const facts = await serverFacts(wanted, directory, options);
  for (const [index, each] of facts.entries()) {
    const config = (wanted[index]?.config ?? renderServerConfig)(each);
    const defaultParent = (): string => agent(each.trustDomain).id;
    const place = join(directory, `s${index}`);
    const started = await SpireServer.start({
      program: programs.server,
      directory: place,
      facts: each,
      config,
      defaultParent,
    });
    servers.push(stack.use(started));
  }
  if (options.federation === true) await exchangeBundles(servers);

  for (const [index, each] of wantedAgents.entries()) {
    const of = server(each.trustDomain);
    const place = join(directory, `a${index}`);
    await mkdir(place);
    const agentFacts: SpireAgentFacts = {
      trustDomain: of.trustDomain,
      serverAddress: of.address.host,
      serverPort: of.address.port,
      // SPIRE wants the administrators' socket outside the directory of the workloads' one.
      socketPath: join(place, "w", "api.sock"),
      adminSocketPath: join(place, "admin", "api.sock"),
      dataDirectory: join(place, "data"),
      trustBundlePath: join(place, "bundle.pem"),
    };
    await writeFile(agentFacts.trustBundlePath, await of.bundle("pem"));
    const attestedAs = "attestedAs" in each ? each.attestedAs : undefined;
    const id = attestedAs ?? `spiffe://${of.trustDomain}/node-${index}`;
    const config = ("config" in each ? each.config : undefined) ?? renderAgentConfig;
    const details = { program: programs.agent, directory: place, facts: agentFacts, config: config(agentFacts), id };
    const joinToken = attestedAs === undefined ? await of.joinToken(id) : undefined;
    agents.push(stack.use(await SpireAgent.start(details, joinToken)));
  }

  const owned = stack.move();
  const close = (): Promise<void> => owned.disposeAsync();
  return { version: component.version, servers, agents, server, agent, close, [Symbol.asyncDispose]: close };
}

async function serverFacts(
  wanted: readonly SpireServerOptions[],
  directory: string,
  options: SpireOptions,
): Promise<readonly SpireServerFacts[]> {
  const ports = await freePorts(2 * wanted.length);
  const port = (index: number): number => ports[index] ?? 0;
  return wanted.map(({ trustDomain }, index) => ({
    trustDomain,
    bindAddress: "127.0.0.1",
    bindPort: port(2 * index),
    socketPath: join(directory, `s${index}`, "api.sock"),
    dataDirectory: join(directory, `s${index}`, "data"),
    bundleEndpointPort: port(2 * index + 1),
    federatesWith: wanted.flatMap((other, position) =>
      options.federation === true && position !== index
        ? [{ trustDomain: other.trustDomain, bundleEndpointUrl: `https://127.0.0.1:${port(2 * position + 1)}` }]
        : [],
    ),
    ttl: options.ttl ?? {},
  }));
}

/** The first bundle of a peer has to be brought by hand: without it, its endpoint cannot be authenticated. */
async function exchangeBundles(servers: readonly SpireServer[]): Promise<void> {
  for (const from of servers) {
    const bundle = await from.bundle();
    for (const to of servers.filter((each) => each !== from)) await to.setBundle(from.trustDomain, bundle);
  }
}

function pick<Item extends { readonly trustDomain: string }>(
  items: readonly Item[],
  trustDomain: string | undefined,
  what: string,
): Item {
  const found = items.find((item) => trustDomain === undefined || item.trustDomain === trustDomain);
  if (found === undefined) throw new TypeError(`There is no ${what} of ${trustDomain ?? "any trust domain"}`);
  return found;
}
