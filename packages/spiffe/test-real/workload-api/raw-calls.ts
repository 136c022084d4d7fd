import { connect } from "node:net";
import { type ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { SpiffeWorkloadAPI } from "../../test/gen/workloadapi_pb.ts";

/** The five calls as they are, with the metadata that one wants, for what a well-behaved client never sends. */
export class RawCalls implements Disposable {
  readonly #session: Http2SessionManager;
  readonly #headers: Record<string, string>;
  readonly transport: Transport;

  constructor(address: string, headers: Record<string, string> = { "workload.spiffe.io": "true" }) {
    const path = decodeURIComponent(address.slice("unix://".length));
    const baseUrl = "http://localhost";
    this.#session = new Http2SessionManager(baseUrl, {}, { createConnection: () => connect({ path }) });
    this.#headers = headers;
    this.transport = createGrpcTransport({ baseUrl, sessionManager: this.#session, acceptCompression: [] });
  }

  /** All methods, each with a sound request; a stream is read up to its first message. */
  get all(): Readonly<Record<string, () => Promise<unknown>>> {
    const client = createClient(SpiffeWorkloadAPI, this.transport);
    const options = { headers: this.#headers };
    const first = async (stream: AsyncIterable<unknown>): Promise<unknown> => {
      for await (const message of stream) return message;
      throw new Error("the stream ended without a message");
    };
    return {
      FetchX509SVID: () => first(client.fetchX509SVID({}, options)),
      FetchX509Bundles: () => first(client.fetchX509Bundles({}, options)),
      FetchJWTBundles: () => first(client.fetchJWTBundles({}, options)),
      FetchJWTSVID: () => client.fetchJWTSVID({ audience: ["api"] }, options),
      ValidateJWTSVID: () => client.validateJWTSVID({ audience: "api", svid: "a.b.c" }, options),
    };
  }

  fetchJwt(audience: readonly string[], spiffeId: string) {
    const client = createClient(SpiffeWorkloadAPI, this.transport);
    return client.fetchJWTSVID({ audience: [...audience], spiffeId }, { headers: this.#headers });
  }

  validateJwt(audience: string, svid: string) {
    const client = createClient(SpiffeWorkloadAPI, this.transport);
    return client.validateJWTSVID({ audience, svid }, { headers: this.#headers });
  }

  /** The message of `FetchX509SVID` as it came. */
  async fetchX509() {
    const client = createClient(SpiffeWorkloadAPI, this.transport);
    for await (const message of client.fetchX509SVID({}, { headers: this.#headers })) return message;
    throw new Error("the stream ended without a message");
  }

  /** Asks for a method of a later version of the API. */
  unknownMethod(name: string): Promise<unknown> {
    const method = { ...SpiffeWorkloadAPI.method.fetchJWTSVID, name };
    return this.transport.unary(method, undefined, undefined, this.#headers, {});
  }

  [Symbol.dispose](): void {
    this.#session.abort();
  }
}

/** Status code and message of a call that has to fail. */
export async function statusOf(call: Promise<unknown> | undefined): Promise<Pick<ConnectError, "code" | "rawMessage">> {
  const error = await call?.then(
    () => undefined,
    (thrown: unknown) => thrown as ConnectError,
  );
  if (error === undefined) throw new Error("the call succeeded");
  return { code: error.code, rawMessage: error.rawMessage };
}
