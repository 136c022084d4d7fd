import { join } from "node:path";
import { component } from "../components/go-spiffe-peer.ts";
import { requireInstalled } from "../installed.ts";
import { EventLines } from "../internal/event-lines.ts";
import type { LogFile } from "../internal/log-file.ts";
import { privateDirectory } from "../internal/private-directory.ts";
import { runProgram } from "../internal/run-program.ts";
import { SupervisedProcess } from "../internal/supervised-process.ts";

export interface GoSpiffePeerOptions {
  /** Where it gets its identity and bundles: `unix:///…`. Not needed to parse IDs or to use bundle files. */
  readonly workloadApi?: string;
}

/** Who may be at the other end: `any`, `member:TRUST DOMAIN`, or SPIFFE IDs. */
export type GoAuthorize = "any" | `member:${string}` | readonly string[];

export type GoTokenAnswer =
  | { readonly error: string }
  | {
      readonly id: string;
      readonly audience: readonly string[];
      readonly expiry: string;
      readonly claims: Readonly<Record<string, unknown>>;
    };

export type GoWitAnswer = { readonly error: string } | { readonly id: string; readonly expiry: string };

/** A presented chain, leaf first, and the bundles by trust domain; everything DER. */
export interface GoChain {
  readonly certificates: readonly Uint8Array[];
  readonly bundles: Readonly<Record<string, readonly Uint8Array[]>>;
  /** Milliseconds since the epoch. Default: the present. */
  readonly now?: number;
}

export type GoChainAnswer = { readonly error: string } | { readonly id: string };

export type GoIdAnswer =
  | { readonly error: string }
  | { readonly id?: string; readonly trustDomain: string; readonly path?: string };

/** A line of a running server. */
export type GoServerEvent =
  | { readonly event: "listening"; readonly address: string; readonly id?: string }
  | { readonly event: "request"; readonly method: string; readonly path: string; readonly peer: string }
  | { readonly event: "updated"; readonly id: string; readonly serial: string; readonly notAfter: string }
  | { readonly event: "error"; readonly error: string };

export interface GoSpiffeServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Its SPIFFE ID, where it has one. */
  readonly id: string | undefined;
  readonly events: EventLines<GoServerEvent>;
  readonly log: LogFile;
  close(): Promise<void>;
}

/** go-spiffe, the reference library, as the other side. */
export interface GoSpiffePeer {
  readonly version: string;
  /** HTTPS with mutual TLS; the answer names both ends. @throws {RealError} `command-failed` when it is refused. */
  get(
    url: string,
    options: { readonly authorize: GoAuthorize },
  ): Promise<{ readonly status: number; readonly body: string; readonly peer: string }>;
  /** Sends many requests and measures. `handshakes` opens a connection for each. */
  measure(
    url: string,
    options: {
      readonly authorize: GoAuthorize;
      readonly count: number;
      readonly parallel?: number;
      readonly handshakes?: boolean;
    },
  ): Promise<{ readonly requests: number; readonly seconds: number; readonly perSecond: number }>;
  fetchJwt(options: {
    readonly audience: readonly string[];
    readonly id?: string;
  }): Promise<
    readonly { readonly token: string; readonly id: string; readonly expiry: string; readonly hint: string }[]
  >;
  /** One answer for each token. With `bundle`, the path of a SPIFFE bundle, the Workload API is not asked. */
  validateJwt(
    tokens: readonly string[],
    options: {
      readonly audience: readonly string[];
      readonly bundle?: { readonly path: string; readonly trustDomain: string };
    },
  ): Promise<readonly GoTokenAnswer[]>;
  /** One answer for each WIT-SVID, validated with the bundle (a JWK Set) of a file; no proof is looked at. */
  validateWit(
    tokens: readonly string[],
    bundle: { readonly path: string; readonly trustDomain: string },
  ): Promise<readonly GoWitAnswer[]>;
  /** One answer for each text: its parts, or why it is no SPIFFE ID (no trust domain). */
  parseIds(texts: readonly string[], as?: "id" | "trust-domain"): Promise<readonly GoIdAnswer[]>;
  /** One answer for each chain: the verified ID, or why it is refused. */
  verifyX509(chains: readonly GoChain[]): Promise<readonly GoChainAnswer[]>;
  /** HTTPS server with mutual TLS that answers `{ peer, server }`. */
  serve(options: { readonly authorize: GoAuthorize }): Promise<GoSpiffeServer>;
  /** SPIFFE bundle endpoint with the Workload API's bundle, or that of a file. */
  serveBundle(
    options: { readonly trustDomain: string; readonly bundle?: string } & (
      | { readonly profile: "https_spiffe" }
      | { readonly profile: "https_web"; readonly certificate: string; readonly key: string }
    ),
  ): Promise<GoSpiffeServer>;
}

/**
 * Our program on go-spiffe.
 *
 * @throws {RealError} `not-installed`
 * @example
 * ```ts
 * import { goSpiffePeer } from "@idstack/tool-real";
 * const peer = await goSpiffePeer();
 * console.log(await peer.parseIds(["spiffe://example.org/web"]));
 * ```
 */
export async function goSpiffePeer({ workloadApi }: GoSpiffePeerOptions = {}): Promise<GoSpiffePeer> {
  const program = (await requireInstalled(component)).path("go-spiffe-peer");
  const api = workloadApi === undefined ? [] : ["-workload-api", workloadApi];
  const ask = async (command: string, args: readonly string[], input = ""): Promise<unknown[]> => {
    const { stdout } = await runProgram(program, [command, ...args], { input });
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  };
  const one = async <Answer>(command: string, args: readonly string[]): Promise<Answer> => {
    const [answer] = await ask(command, args);
    return answer as Answer;
  };
  return {
    version: component.version,
    get: (url, { authorize }) => one("get", [...api, ...authorizeFlags(authorize), url]),
    measure: (url, { authorize, count, parallel = 1, handshakes = false }) => {
      const load = ["-n", String(count), "-c", String(parallel), `-handshakes=${handshakes}`];
      return one("get", [...api, ...authorizeFlags(authorize), ...load, url]);
    },
    fetchJwt: async ({ audience, id }) => {
      const args = [...api, ...repeat("-audience", audience), ...(id === undefined ? [] : ["-id", id])];
      return (await ask("jwt-fetch", args)) as Awaited<ReturnType<GoSpiffePeer["fetchJwt"]>>;
    },
    validateJwt: async (tokens, { audience, bundle }) => {
      const from = bundle === undefined ? api : ["-bundle", bundle.path, "-trust-domain", bundle.trustDomain];
      const args = [...from, ...repeat("-audience", audience)];
      return (await ask("jwt-validate", args, tokens.join("\n"))) as GoTokenAnswer[];
    },
    validateWit: async (tokens, bundle) => {
      const args = ["-bundle", bundle.path, "-trust-domain", bundle.trustDomain];
      return (await ask("wit-validate", args, tokens.join("\n"))) as GoWitAnswer[];
    },
    parseIds: async (texts, as = "id") => {
      const lines = texts.map((text) => JSON.stringify(text)).join("\n");
      return (await ask("id", as === "id" ? [] : ["-trust-domain"], lines)) as GoIdAnswer[];
    },
    verifyX509: async (chains) => {
      const encode = (list: readonly Uint8Array[]): string[] => list.map((der) => Buffer.from(der).toString("base64"));
      const lines = chains.map(({ certificates, bundles, now }) => {
        const named = Object.entries(bundles).map(([name, authorities]) => [name, encode(authorities)] as const);
        return JSON.stringify({ certificates: encode(certificates), bundles: Object.fromEntries(named), now });
      });
      return (await ask("x509-verify", [], lines.join("\n"))) as GoChainAnswer[];
    },
    serve: ({ authorize }) => serve(program, ["serve", ...api, ...authorizeFlags(authorize)]),
    serveBundle: (options) => {
      const source = options.bundle === undefined ? [] : ["-bundle", options.bundle];
      const files = options.profile === "https_web" ? ["-cert", options.certificate, "-key", options.key] : [];
      const args = ["-trust-domain", options.trustDomain, "-profile", options.profile, ...source, ...files];
      return serve(program, ["bundle", ...api, ...args]);
    },
  };
}

async function serve(program: string, args: readonly string[]): Promise<GoSpiffeServer> {
  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await privateDirectory("go"));
  const child = stack.use(
    await SupervisedProcess.start({
      name: `go-spiffe-peer ${args[0]}`,
      program,
      args,
      logFile: join(directory, "log"),
      stdio: "pipe",
    }),
  );
  const events = new EventLines<GoServerEvent>(child);
  const { address, id } = await events.find((each) => each.event === "listening");
  const [host = "", port = ""] = address.split(":");
  const owned = stack.move();
  const close = (): Promise<void> => owned.disposeAsync();
  return {
    host,
    port: Number(port),
    url: `https://${address}`,
    id,
    events,
    log: child.log,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function authorizeFlags(authorize: GoAuthorize): string[] {
  return repeat("-authorize", typeof authorize === "string" ? [authorize] : authorize);
}

function repeat(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}
