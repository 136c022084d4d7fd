import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import type { TlsConnectOptions } from "./connect.ts";
import type { SpiffeClientOptions } from "./options.ts";
import { belongsTo, verifiedPeer } from "./peer.ts";

/** A stream in the shape of a `net.Socket` that is not connected yet. */
export interface SpiffeStream extends Duplex {
  /** Connects; `connect` is emitted when the server was verified. What is written before waits. */
  connect(port: number, host?: string): this;
  connect(path: string): this;
  setNoDelay(noDelay?: boolean): this;
  setKeepAlive(enable?: boolean, initialDelay?: number): this;
  ref(): this;
  unref(): this;
}

/**
 * For database drivers and other libraries that make their connection themselves but take a stream: a function that
 * returns streams, each of which opens a verified TLS connection where the library tells it to. Libraries that take
 * a connected socket need {@link connect} only.
 *
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { streams } from "@idstack/spiffe/tls";
 * import type { X509Source } from "@idstack/spiffe";
 * // new pg.Pool({ host: "db.apps.svc", port: 5432, stream: database(source) })
 * export const database = (source: X509Source) => streams({ source, authorize: ["spiffe://homelab.internal/ns/db/sa/postgres"] });
 * ```
 */
export function streams(options: SpiffeClientOptions & TlsConnectOptions): () => SpiffeStream {
  const [own, { handshakeTimeoutMs = 10_000, ...connection }] = splitOptions<SpiffeClientOptions, TlsConnectOptions>(
    options,
  );
  const trust = clientTrust(own);
  return () => new VerifiedStream(trust, connection, handshakeTimeoutMs);
}

class VerifiedStream extends Duplex implements SpiffeStream {
  readonly #trust: Trust;
  readonly #options: TlsConnectOptions;
  readonly #timeoutMs: number;
  #socket: TLSSocket | undefined;
  #pending: TLSSocket | undefined;
  #referenced = true;
  #cancelAge = (): void => {};

  constructor(trust: Trust, options: TlsConnectOptions, timeoutMs: number) {
    super({ allowHalfOpen: true });
    this.#trust = trust;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  connect(where: number | string, host?: string): this {
    const target = typeof where === "string" ? { path: where } : { port: where, ...(host !== undefined && { host }) };
    this.#pending = connectVerified({ ...this.#options, ...target }, this.#trust, this.#timeoutMs, (error, socket) => {
      if (socket === undefined) this.destroy(error ?? undefined);
      else if (this.destroyed) socket.destroy();
      else this.#join(socket);
    });
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#referenced = true;
    this.#socket?.ref();
    return this;
  }

  unref(): this {
    this.#referenced = false;
    this.#socket?.unref();
    return this;
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket === undefined) this.once("connect", () => this._write(chunk, encoding, done));
    else this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    if (this.#socket === undefined) this.once("connect", () => this._final(done));
    else this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#cancelAge();
    (this.#socket ?? this.#pending)?.destroy();
    done(error);
  }

  #join(socket: TLSSocket): void {
    this.#socket = socket;
    const peer = verifiedPeer(socket);
    if (peer !== undefined) belongsTo(this, peer);
    if (!this.#referenced) socket.unref();
    socket.setNoDelay(true).on("error", (error) => this.destroy(error));
    socket.on("data", (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null)).on("close", () => this.destroy());
    const { clock, endOfLife } = this.#trust;
    const end = endOfLife();
    if (end !== undefined) this.#cancelAge = clock.schedule(() => this.end(), end - clock.now());
    this.emit("connect");
  }
}
