import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { BrokenConnection, RpcStatus } from "./status.ts";

/** One HTTP/2 connection to an endpoint: made when a call needs it, made anew when it is gone. */
export class Connection {
  readonly #endpoint: Endpoint;
  #session: Promise<ClientHttp2Session> | undefined;
  readonly #closing = new AbortController();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** A session that takes new streams. Calls at one time share it, or the reason why there is none. */
  async session(): Promise<ClientHttp2Session> {
    const before = this.#session;
    const session = await (before ?? this.#open());
    // After a GOAWAY a session is closed, but not destroyed while streams are open on it.
    if (!session.closed && !session.destroyed) return session;
    // One that was just made and is gone already is not made again at once: that would be a tight loop.
    if (this.#session === before) this.#session = undefined;
    if (before === undefined) throw new BrokenConnection();
    return this.session();
  }

  /** Also ends the waiting for a server that does not answer. */
  close(): void {
    this.#closing.abort(new RpcStatus("Canceled", "the client is closed"));
    this.#session?.then((session) => session.destroy()).catch(() => {});
  }

  #open(): Promise<ClientHttp2Session> {
    const opening = this.#connect();
    this.#session = opening;
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  async #connect(): Promise<ClientHttp2Session> {
    this.#closing.signal.throwIfAborted();
    const socket = await dial(this.#endpoint, this.#closing.signal);
    // The URL only fills the :authority pseudo header.
    const session = connectHttp2("http://localhost", {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1024 * 1024, maxHeaderListSize: 16 * 1024 },
    });
    // Streams fail by themselves; a session without streams has nobody to tell.
    session.on("error", () => {}).unref();
    return session;
  }
}

/** Open streams of each session. */
const open = new WeakMap<ClientHttp2Session, number>();

/** Only open streams keep the process alive. */
export function keepAlive(session: ClientHttp2Session, stream: ClientHttp2Stream): void {
  const count = (by: number): void => {
    const streams = (open.get(session) ?? 0) + by;
    open.set(session, streams);
    if (!session.destroyed) session[streams > 0 ? "ref" : "unref"]();
  };
  count(1);
  stream.once("close", () => count(-1));
}

/** Waits for the connection, so that a failure is the system's own error. */
async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  const socket = connect(endpoint.kind === "tcp" ? { ...endpoint, signal } : { path: endpoint.path, signal });
  await once(socket, "connect");
  if (endpoint.kind === "tcp") socket.setKeepAlive(true, 30_000).setNoDelay(true);
  return socket;
}
