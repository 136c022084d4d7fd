import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2Session, Http2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { belongsTo, verifiedPeer } from "../../tls/peer.ts";
import type { Trust } from "./trust.ts";

interface Connection {
  readonly socket: TLSSocket;
  readonly cancelAge: () => void;
  /** HTTP/1 responses that are not finished. */
  readonly active: Set<ServerResponse>;
  /** Speaks another protocol by now, a WebSocket for example: when it is idle nobody here knows. */
  upgraded: boolean;
  /** No further request is wanted. */
  retiring: boolean;
  /** Ends it where there is a better way than closing the socket. */
  end: (() => void) | undefined;
}

const followed = new WeakMap<Server, Connections>();

/** The connections that a server admitted, their age and their end. */
export class Connections {
  readonly #open = new Map<TLSSocket, Connection>();
  /** Everything below them, handshakes included. */
  readonly #tcp = new Set<Socket>();
  readonly #trust: Trust;
  /** The connection whose listeners run at this moment. */
  #current: Connection | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(server: Server, trust: Trust) {
    this.#trust = trust;
    followed.set(server, this);
  }

  static of(server: Server): Connections | undefined {
    return followed.get(server);
  }

  get size(): number {
    return this.#open.size;
  }

  accept(socket: Socket): void {
    this.#tcp.add(socket);
    socket.once("close", () => this.#tcp.delete(socket));
  }

  /** Learns from the events of the server, without being a listener: some listeners change what Node does. */
  note(event: string | symbol, args: readonly unknown[]): void {
    if (event === "request") this.#onRequest(args as [IncomingMessage, ServerResponse]);
    else if (event === "session") this.#onSession(args[0] as Http2Session);
    else if (event === "stream") this.#onStream(args[0] as Http2Stream);
    else if (event === "upgrade" || event === "connect") {
      const connection = this.#open.get(args[1] as TLSSocket);
      if (connection !== undefined) connection.upgraded = true;
    }
  }

  /** Knows a connection from before its first listener to its end. */
  follow(socket: TLSSocket, admit: () => boolean): boolean {
    const connection: Connection = {
      socket,
      cancelAge: this.#scheduleEnd(socket),
      active: new Set(),
      upgraded: false,
      retiring: false,
      end: undefined,
    };
    this.#open.set(socket, connection);
    socket.once("close", () => {
      connection.cancelAge();
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#emptied?.();
    });
    this.#current = connection;
    try {
      return admit();
    } finally {
      this.#current = undefined;
      // It was in its handshake when the server began to drain.
      if (this.#draining) this.#retire(connection);
    }
  }

  /** Says how a connection ends gracefully. */
  endWith(socket: TLSSocket, end: () => void): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.end = end;
  }

  /** Ends every connection gracefully; resolves when the last one is closed. */
  drain(): Promise<void> {
    this.#draining = true;
    for (const connection of this.#open.values()) if (!connection.upgraded) this.#retire(connection);
    return new Promise((resolve) => {
      if (this.#open.size === 0) resolve();
      else this.#emptied = resolve;
    });
  }

  destroy(): void {
    for (const socket of [...this.#open.keys(), ...this.#tcp]) socket.destroy();
  }

  #scheduleEnd(socket: TLSSocket): () => void {
    const end = this.#trust.endOfLife();
    if (end === undefined) return () => {};
    return this.#trust.clock.schedule(() => {
      const connection = this.#open.get(socket);
      if (connection !== undefined) this.#retire(connection);
    }, end - this.#trust.clock.now());
  }

  #retire(connection: Connection): void {
    connection.retiring = true;
    if (connection.end !== undefined) connection.end();
    else if (connection.active.size === 0) connection.socket.end();
    for (const response of connection.active) response.shouldKeepAlive = false;
  }

  /** A request of HTTP/2 has a stand-in for its socket and is not found: its session closes by itself. */
  #onRequest([request, response]: [IncomingMessage, ServerResponse]): void {
    const connection = this.#open.get(request.socket as TLSSocket);
    if (connection === undefined) return;
    connection.active.add(response);
    if (connection.retiring) response.shouldKeepAlive = false;
    response.once("close", () => {
      connection.active.delete(response);
      if (connection.retiring && connection.active.size === 0) connection.socket.end();
    });
  }

  #onSession(session: Http2Session): void {
    const connection = this.#current;
    if (connection === undefined) return;
    connection.end = () => session.close();
    const peer = verifiedPeer(connection.socket);
    if (peer !== undefined) belongsTo(session, peer);
  }

  /** A stream that has ended knows its session no more. */
  #onStream(stream: Http2Stream): void {
    const peer = stream.session && verifiedPeer(stream.session);
    if (peer !== undefined) belongsTo(stream, peer);
  }
}
