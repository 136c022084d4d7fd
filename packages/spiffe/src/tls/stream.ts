import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connectVerified } from "../internal/tls/client.ts";
import { splitOptions } from "../internal/tls/split-options.ts";
import { clientTrust, type Trust } from "../internal/tls/trust.ts";
import { connectUpgraded, type Upgrade } from "../internal/tls/upgrade.ts";
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

/** What {@link streams} takes besides. */
export interface StreamOptions extends TlsConnectOptions {
  /** For protocols in which a connection begins without TLS: asks for it on the plain socket, such as {@link postgresTls}. */
  readonly upgrade?: ((socket: Socket) => Promise<void>) | undefined;
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
export function streams(options: SpiffeClientOptions & StreamOptions): () => SpiffeStream {
  const [own, { handshakeTimeoutMs = 10_000, upgrade, ...connection }] = splitOptions<
    SpiffeClientOptions,
    StreamOptions
  >(options);
  const trust = clientTrust(own);
  return () => new VerifiedStream(trust, connection, handshakeTimeoutMs, upgrade);
}

class VerifiedStream extends Duplex implements SpiffeStream {
  readonly #trust: Trust;
  readonly #options: TlsConnectOptions;
  readonly #timeoutMs: number;
  readonly #upgrade: Upgrade | undefined;
  #socket: TLSSocket | undefined;
  #pending: Socket | undefined;
  #referenced = true;
  #cancelAge = (): void => {};

  constructor(trust: Trust, options: TlsConnectOptions, timeoutMs: number, upgrade: Upgrade | undefined) {
    super({ allowHalfOpen: true });
    this.#trust = trust;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
    this.#upgrade = upgrade;
  }

  connect(where: number | string, host?: string): this {
    const target = typeof where === "string" ? { path: where } : { port: where, ...(host !== undefined && { host }) };
    if (this.#upgrade === undefined) this.#verify(target);
    else {
      const { socket, ready } = connectUpgraded(target, this.#upgrade, this.#trust, this.#timeoutMs);
      this.#pending = socket;
      ready.then(
        () => this.#verify({ ...target, socket }),
        (error: Error) => this.destroy(error),
      );
    }
    return this;
  }

  #verify(target: ConnectionOptions): void {
    this.#pending = connectVerified({ ...this.#options, ...target }, this.#trust, this.#timeoutMs, (error, socket) => {
      if (socket === undefined) this.destroy(error ?? undefined);
      else if (this.destroyed) socket.destroy();
      else this.#join(socket);
    });
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
