import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { X509BundlesResponseSchema, X509SVIDResponseSchema } from "../gen/workloadapi_pb.ts";
import { Feed } from "../internal/workload-api/feed.ts";
import { bundlesMessage, svidsMessage } from "../internal/workload-api/messages.ts";
import { type RecordedCall, WorkloadApiServer } from "../internal/workload-api/server.ts";
import type { TestSvid } from "./test-ca.ts";

/** What the fake agent hands out. */
export interface FakeWorkloadApiState {
  /** The workload's identities; the first one is its default. */
  readonly svids: readonly TestSvid[];
  /** Bundles of federated trust domains, for example `otherCa.bundle`. */
  readonly federated?: readonly X509Bundle[];
}

/** Options of {@link startWorkloadApi}. */
export interface FakeWorkloadApiOptions extends Partial<FakeWorkloadApiState> {
  /** Default: a unix socket in a temporary directory. */
  readonly listen?: "unix" | "tcp" | { readonly path: string } | undefined;
}

/** Statuses the fake agent can answer with. */
export type FakeStatus = "PermissionDenied" | "Unavailable" | "InvalidArgument" | "Unimplemented" | "Internal";

/**
 * Starts a Workload API for tests: real gRPC on a real socket, with whatever SVIDs a `TestCa` minted.
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
 * await source.close();
 * await agent.close();
 * ```
 */
export async function startWorkloadApi(options: FakeWorkloadApiOptions = {}): Promise<FakeWorkloadApi> {
  const { listen = "unix", svids, federated } = options;
  const feeds: Feeds = { svids: new Feed(), bundles: new Feed() };
  const temporary = listen === "unix" ? await mkdtemp(join(tmpdir(), "spiffe-")) : undefined;
  const on =
    typeof listen === "object"
      ? { path: listen.path }
      : temporary === undefined
        ? { host: "127.0.0.1", port: 0 }
        : { path: join(temporary, "agent.sock") };
  const unimplemented = (): never => {
    throw new ConnectError("the fake Workload API has no JWT-SVIDs", Code.Unimplemented);
  };
  const server = await WorkloadApiServer.listen(
    {
      fetchX509SVID: (_request, { signal }) => feeds.svids.subscribe(signal),
      fetchX509Bundles: (_request, { signal }) => feeds.bundles.subscribe(signal),
      // biome-ignore lint/correctness/useYield: a stream that only fails
      async *fetchJWTBundles() {
        unimplemented();
      },
      fetchJWTSVID: unimplemented,
      validateJWTSVID: unimplemented,
    },
    on,
  );
  const agent = new FakeWorkloadApi(server, feeds, temporary);
  if (svids === undefined) agent.fail("PermissionDenied");
  else agent.update({ svids, ...(federated && { federated }) });
  return agent;
}

interface Feeds {
  readonly svids: Feed<MessageInitShape<typeof X509SVIDResponseSchema>>;
  readonly bundles: Feed<MessageInitShape<typeof X509BundlesResponseSchema>>;
}

/** A running fake agent, see {@link startWorkloadApi}. */
export class FakeWorkloadApi implements AsyncDisposable {
  /** For the `address` option of `X509Source.open`. */
  readonly address: string;
  readonly #server: WorkloadApiServer;
  readonly #feeds: Feeds;
  readonly #temporary: string | undefined;

  /** @internal Use `startWorkloadApi`. */
  constructor(server: WorkloadApiServer, feeds: Feeds, temporary: string | undefined) {
    this.#server = server;
    this.#feeds = feeds;
    this.#temporary = temporary;
    this.address = server.address;
  }

  /** Replaces the whole state and pushes it to every open stream. */
  update(state: FakeWorkloadApiState): void {
    const { svids, federated = [] } = state;
    this.#feeds.svids.set(svidsMessage(svids, federated));
    this.#feeds.bundles.set(bundlesMessage([...svids.map((svid) => svid.bundle), ...federated]));
  }

  /** Pushes a message as it is, malformed or not, to the open `FetchX509SVID` streams. */
  pushX509(message: MessageInitShape<typeof X509SVIDResponseSchema>): void {
    this.#feeds.svids.push(message);
  }

  /** Pushes a message as it is to the open `FetchX509Bundles` streams. */
  pushX509Bundles(message: MessageInitShape<typeof X509BundlesResponseSchema>): void {
    this.#feeds.bundles.push(message);
  }

  /** Ends the open streams with this status and answers every call with it until the next `update`. */
  fail(status: FakeStatus, message = `fake ${status}`): void {
    const error = new ConnectError(message, Code[status]);
    this.#feeds.svids.fail(error);
    this.#feeds.bundles.fail(error);
  }

  /** Ends the open streams without an error, as an agent does that restarts gracefully. */
  endStreams(): void {
    this.#feeds.svids.end();
    this.#feeds.bundles.end();
  }

  /** Cuts every connection, as an agent does that is killed. */
  breakConnections(): void {
    this.#server.breakConnections();
  }

  /** The calls so far: the last thousand. */
  get calls(): readonly RecordedCall[] {
    return this.#server.calls;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#feeds.svids.openStreams + this.#feeds.bundles.openStreams;
  }

  async close(): Promise<void> {
    await this.#server.close();
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
