import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import type { Endpoint } from "../../workload-api/endpoint.ts";
import { BrokenConnection, RpcStatus } from "./status.ts";

/** One HTTP/2 connection to an endpoint: made when a call needs it, made anew when it is gone. */
export class Connection {
  readonly #endpoint: Endpoint;
  #session: Promise<ClientHttp2Session> | undefined;
  #closed = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** A session that takes new streams. Calls at one time share it, or the reason why there is none. */
  async session(): Promise<ClientHttp2Session> {
    const before = this.#session;
    const session = await (before ?? this.#open());
    if (isUsable(session)) return session;
    // One that was just made and is gone already is not made again at once: that would be a tight loop.
    if (this.#session === before) this.#session = undefined;
    if (before === undefined) throw new BrokenConnection();
    return this.session();
  }

  close(): void {
    this.#closed = true;
    this.#session?.then(
      (session) => session.destroy(),
      () => {},
    );
  }

  #open(): Promise<ClientHttp2Session> {
    const opening = this.#connect();
    this.#session = opening;
    const forget = (): void => {
      if (this.#session === opening) this.#session = undefined;
    };
    opening.then((session) => session.once("close", forget), forget);
    return opening;
  }

  async #connect(): Promise<ClientHttp2Session> {
    if (this.#closed) throw new RpcStatus("Canceled", "the client is closed");
    const socket = await dial(this.#endpoint);
    // The URL only fills the :authority pseudo header.
    const session = connectHttp2("http://localhost", {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1024 * 1024, maxHeaderListSize: 16 * 1024 },
    });
    // Streams fail by themselves; a session without streams has nobody to tell.
    session.on("error", () => {});
    // Only open calls keep the process alive.
    session.unref();
    return session;
  }
}

/** After a GOAWAY a session is closed, but not destroyed while streams are open on it. */
function isUsable(session: ClientHttp2Session): boolean {
  return !session.closed && !session.destroyed;
}

/** Waits for the connection, so that a failure is the system's own error. */
function dial(endpoint: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      endpoint.kind === "tcp"
        ? connect({ host: endpoint.host, port: endpoint.port })
        : connect({ path: endpoint.path });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      if (endpoint.kind === "tcp") socket.setKeepAlive(true, 30_000).setNoDelay(true);
      resolve(socket);
    });
  });
}
