import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JwtBundleSet } from "../bundle/jwt-bundle.ts";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { WitSvid } from "../experimental/wit-svid.ts";
import type { JsonRecord } from "../internal/proto/struct.ts";
import { type Gate, type Init, type Route, serverStream } from "../internal/rpc/server.ts";
import { RpcStatus } from "../internal/rpc/status.ts";
import { Feed } from "../internal/workload-api/feed.ts";
import {
  bundlesMessage,
  type JwtBundlesMessage,
  svidsMessage,
  type X509BundlesMessage,
  type X509SvidMessage,
} from "../internal/workload-api/messages.ts";
import type { Decoded } from "../internal/workload-api/methods.ts";
import { type RecordedCall, type WorkloadApiHandlers, WorkloadApiServer } from "../internal/workload-api/server.ts";
import { witApi } from "../internal/workload-api/wit-methods.ts";
import { validateJwtSvid } from "../svid/validate-jwt-svid.ts";
import type { TestSvid } from "./test-ca.ts";
import type { TestJwtAuthority } from "./test-jwt-authority.ts";
import type { TestWitAuthority } from "./test-wit-authority.ts";
import { answerWith, type FakeFault, type FakeMethod, type FakeStatus } from "./workload-api-faults.ts";

/** What the fake agent hands out. */
export interface FakeWorkloadApiState {
  /** The workload's identities; the first one is its default. */
  readonly svids: readonly TestSvid[];
  /** Bundles of federated trust domains, for example `otherCa.bundle`. */
  readonly federated?: readonly X509Bundle[];
  /** The JWT side; without it its methods are unimplemented. */
  readonly jwt?: FakeJwtState;
  /** WIT-SVIDs (experimental); without them their methods are unimplemented. */
  readonly wit?: FakeWitState;
}

/** The WIT side of the fake agent. */
export interface FakeWitState {
  readonly svids: readonly WitSvid[];
  /** Those of federated trust domains too. */
  readonly authorities: readonly TestWitAuthority[];
}

/** JWT-SVIDs of the fake agent: one for each of its `svids`, with the same ID and hint. */
export interface FakeJwtState {
  /** Signs the tokens of the own trust domain. */
  readonly authority: TestJwtAuthority;
  /** Authorities of federated trust domains. */
  readonly federated?: readonly TestJwtAuthority[];
  /** Default 300. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the epoch, for issuing and validating. Default: the system clock. */
  readonly now?: () => number;
}

/** Options of {@link startWorkloadApi}. */
export interface FakeWorkloadApiOptions extends Partial<FakeWorkloadApiState> {
  /** Default: a unix socket in a temporary directory. */
  readonly listen?: "unix" | "tcp" | { readonly path: string } | { readonly port: number } | undefined;
}

/** A request for JWT-SVIDs as it arrived. */
export interface FakeJwtRequest {
  readonly audience: readonly string[];
  /** Empty if no identity was asked for. */
  readonly spiffeId: string;
}

/**
 * Starts a Workload API for tests: real gRPC on a real socket, with whatever SVIDs a `TestCa` minted and tokens of a
 * `TestJwtAuthority`.
 *
 * Without `svids` it answers PermissionDenied, as an agent does that knows no matching registration entry.
 *
 * @example
 * ```ts
 * import { X509Source } from "@idstack/spiffe";
 * import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
 * const ca = new TestCa("homelab.internal");
 * const agent = await startWorkloadApi({ svids: [ca.svid("/ns/apps/sa/api")] });
 * const source = await X509Source.open({ address: agent.address });
 * agent.update({ svids: [ca.svid("/ns/apps/sa/api")] }); // a rotation
 * agent.inject("FetchX509SVID", "reset-connection"); // the next such call fails half-way
 * await source.close();
 * await agent.close();
 * ```
 */
export async function startWorkloadApi(options: FakeWorkloadApiOptions = {}): Promise<FakeWorkloadApi> {
  const { listen = "unix", svids, federated, jwt, wit } = options;
  const temporary = listen === "unix" ? await mkdtemp(join(tmpdir(), "spiffe-")) : undefined;
  const on =
    temporary !== undefined
      ? { path: join(temporary, "agent.sock") }
      : typeof listen === "object" && "path" in listen
        ? listen
        : { host: "127.0.0.1", port: typeof listen === "object" && "port" in listen ? listen.port : 0 };
  const script = new FakeScript();
  const server = await WorkloadApiServer.listen(script.handlers, on, { gate: script.gate, routes: script.routes });
  script.cut = () => server.breakConnections();
  const agent = new FakeWorkloadApi(server, script, temporary);
  if (svids === undefined) agent.fail("PermissionDenied");
  else agent.update({ svids, ...(federated && { federated }), ...(jwt && { jwt }), ...(wit && { wit }) });
  return agent;
}

interface PlannedFault {
  readonly method: FakeMethod | "*";
  readonly fault: FakeFault;
  left: number;
}

/** What the fake answers, apart from the socket it does so on. */
class FakeScript {
  readonly svids = new Feed<X509SvidMessage>();
  readonly bundles = new Feed<X509BundlesMessage>();
  readonly jwtBundles = new Feed<JwtBundlesMessage>();
  readonly witSvids = new Feed<Init<Decoded<typeof witApi.fetchWitSvid.response>>>();
  readonly witBundles = new Feed<Init<Decoded<typeof witApi.fetchWitBundles.response>>>();
  readonly jwtRequests: FakeJwtRequest[] = [];
  readonly faults: PlannedFault[] = [];
  failure: RpcStatus | undefined;
  state: FakeWorkloadApiState = { svids: [] };
  cut = (): void => {};

  readonly gate: Gate = (path, stream) => {
    const method = path.slice(path.lastIndexOf("/") + 1);
    const at = this.faults.findIndex((each) => each.method === "*" || each.method === method);
    const planned = this.faults[at];
    if (planned === undefined) return "go on";
    planned.left -= 1;
    if (planned.left <= 0) this.faults.splice(at, 1);
    return answerWith(planned.fault, stream, () => this.cut());
  };

  readonly handlers: WorkloadApiHandlers = {
    fetchX509SVID: (_request, { signal }) => this.svids.subscribe(signal),
    fetchX509Bundles: (_request, { signal }) => this.bundles.subscribe(signal),
    fetchJWTBundles: (_request, { signal }) => this.jwtBundles.subscribe(signal),
    fetchJWTSVID: ({ audience, spiffeId }) => {
      this.jwtRequests.push({ audience, spiffeId });
      const { authority, ttlSeconds = 300, now = Date.now } = this.#jwt();
      const wanted = this.state.svids.filter(({ id }) => spiffeId === "" || `${id}` === spiffeId);
      if (wanted.length === 0) throw new RpcStatus("PermissionDenied", "no identity issued");
      const svids = wanted.map(({ id, hint = "" }) => {
        const token = authority.token(id.path, { audience, ttlSeconds, now: now() });
        return { spiffeId: `${id}`, svid: token, hint };
      });
      return { svids };
    },
    validateJWTSVID: ({ audience, svid }) => {
      const { authority, federated = [], now = Date.now } = this.#jwt();
      const bundles = new JwtBundleSet([authority, ...federated].map(({ bundle }) => bundle));
      try {
        const { id, claims } = validateJwtSvid(svid, { bundles, audience, now: now() });
        return { spiffeId: `${id}`, claims: claims as JsonRecord };
      } catch (error) {
        throw new RpcStatus("InvalidArgument", (error as Error).message);
      }
    },
  };

  readonly routes = new Map<string, Route>([
    [
      witApi.fetchWitSvid.path,
      serverStream(witApi.fetchWitSvid, (_request, { signal }) => this.witSvids.subscribe(signal)),
    ],
    [
      witApi.fetchWitBundles.path,
      serverStream(witApi.fetchWitBundles, (_request, { signal }) => this.witBundles.subscribe(signal)),
    ],
  ]);

  #jwt(): FakeJwtState {
    if (this.failure !== undefined) throw this.failure;
    if (this.state.jwt !== undefined) return this.state.jwt;
    throw noJwt();
  }
}

function noJwt(): RpcStatus {
  return new RpcStatus("Unimplemented", "the fake Workload API has no JWT-SVIDs");
}

/** A running fake agent, see {@link startWorkloadApi}. */
export class FakeWorkloadApi implements AsyncDisposable {
  /** For the `address` option of `X509Source.open`. */
  readonly address: string;
  readonly #server: WorkloadApiServer;
  readonly #script: FakeScript;
  readonly #temporary: string | undefined;

  /** @internal Use `startWorkloadApi`. */
  constructor(server: WorkloadApiServer, script: FakeScript, temporary: string | undefined) {
    this.#server = server;
    this.#script = script;
    this.#temporary = temporary;
    this.address = server.address;
  }

  /** Replaces the whole state and pushes it to every open stream. */
  update(state: FakeWorkloadApiState): void {
    const { svids, federated = [], jwt, wit } = state;
    const script = this.#script;
    script.state = state;
    script.failure = undefined;
    script.svids.set(svidsMessage(svids, federated));
    script.bundles.set(bundlesMessage([...svids.map((svid) => svid.bundle), ...federated]));
    if (jwt === undefined) script.jwtBundles.fail(noJwt());
    else {
      const documents = [jwt.authority, ...(jwt.federated ?? [])].map(({ trustDomain, jwks }) => [
        trustDomain.idString,
        Buffer.from(jwks),
      ]);
      script.jwtBundles.set({ bundles: Object.fromEntries(documents) });
    }
    this.#updateWit(wit);
  }

  #updateWit(wit: FakeWitState | undefined): void {
    const { witSvids, witBundles } = this.#script;
    if (wit === undefined) {
      for (const feed of [witSvids, witBundles]) feed.fail(new RpcStatus("Unimplemented", "no WIT-SVIDs"));
      return;
    }
    const svids = wit.svids.map(({ id, token, privateKey, hint = "" }) => {
      const witSvidKey = JSON.stringify(privateKey.export({ format: "jwk" }));
      return { spiffeId: `${id}`, witSvid: token, witSvidKey, hint };
    });
    witSvids.set({ svids });
    const documents = wit.authorities.map(({ trustDomain, jwks }) => [trustDomain.idString, jwks]);
    witBundles.set({ bundles: Object.fromEntries(documents) });
  }

  /** Pushes a message as it is, malformed or not, to the open `FetchX509SVID` streams. */
  pushX509(message: X509SvidMessage): void {
    this.#script.svids.push(message);
  }

  /** Pushes a message as it is to the open `FetchX509Bundles` streams. */
  pushX509Bundles(message: X509BundlesMessage): void {
    this.#script.bundles.push(message);
  }

  /** Pushes a message as it is to the open `FetchJWTBundles` streams. */
  pushJwtBundles(message: JwtBundlesMessage): void {
    this.#script.jwtBundles.push(message);
  }

  /** Ends the open streams with this status and answers every call with it until the next `update`. */
  fail(status: FakeStatus, message = `fake ${status}`): void {
    const error = new RpcStatus(status, message);
    this.#script.failure = error;
    for (const feed of this.#feeds) feed.fail(error);
  }

  /**
   * Lets the next calls go wrong, before they reach what the fake would answer; open streams go on.
   *
   * @param method `*` for any.
   * @param times How many calls. Default 1.
   */
  inject(method: FakeMethod | "*", fault: FakeFault, times = 1): void {
    this.#script.faults.push({ method, fault, left: times });
  }

  /** Ends the open streams without an error, as an agent does that restarts gracefully. */
  endStreams(): void {
    for (const feed of this.#feeds) feed.end();
  }

  /** Cuts every connection, as an agent does that is killed. */
  breakConnections(): void {
    this.#server.breakConnections();
  }

  /** The calls so far: the last thousand. */
  get calls(): readonly RecordedCall[] {
    return this.#server.calls;
  }

  /** The requests for JWT-SVIDs so far. */
  get jwtRequests(): readonly FakeJwtRequest[] {
    return this.#script.jwtRequests;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#feeds.reduce((sum, feed) => sum + feed.openStreams, 0);
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#server.connections;
  }

  async close(): Promise<void> {
    await this.#server.close();
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #feeds() {
    const { svids, bundles, jwtBundles, witSvids, witBundles } = this.#script;
    return [svids, bundles, jwtBundles, witSvids, witBundles] as const;
  }
}
