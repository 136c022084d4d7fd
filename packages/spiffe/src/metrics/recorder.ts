import type { SpiffeError, SpiffeErrorCode } from "../errors.ts";

/** What an event comes from: the sources by what they deliver, and JWT-SVIDs that were asked for one by one. */
export type MetricsSource = "x509" | "jwt" | "bundle" | "files" | "federation";

/** A source has a new state that differs from the one before. */
export interface UpdateEvent {
  readonly source: MetricsSource;
  /** Address of the Workload API, path of the directory, URL of the bundle endpoint. */
  readonly address: string;
  /** The SPIFFE ID that the source hands out now, where it has one. */
  readonly spiffeId?: string | undefined;
  /** The operator's hint, where the identity has one: several sources may follow one agent. */
  readonly hint?: string | undefined;
  /** Milliseconds since the epoch at which what it hands out expires, where it does. */
  readonly expiresAt?: number | undefined;
}

/** A stream or poll failed or ended and is tried again. */
export interface ReconnectEvent {
  readonly source: MetricsSource;
  readonly address: string;
  /** 1 for the first attempt after a time that went well. */
  readonly attempt: number;
  /** How long the source waits before it, in milliseconds; 0 after a stream that lived and ended cleanly. */
  readonly delayMs: number;
}

/** Something failed or was left out. */
export interface ErrorEvent {
  readonly source: MetricsSource;
  readonly address: string;
  readonly code: SpiffeErrorCode;
  readonly error: SpiffeError;
}

/** A peer was judged. */
export interface HandshakeEvent {
  /** Which side this process was. */
  readonly side: "client" | "server";
  readonly outcome: "accepted" | "refused";
  /** Why it was refused. */
  readonly reason?: SpiffeErrorCode | undefined;
  /** The peer's SPIFFE ID: proven if accepted, as claimed otherwise. */
  readonly peerId?: string | undefined;
}

/** The events by the last part of their channel's name. */
export interface TelemetryEvents {
  readonly update: UpdateEvent;
  readonly reconnect: ReconnectEvent;
  readonly error: ErrorEvent;
  readonly handshake: HandshakeEvent;
}

/**
 * Takes note of what happens, for the `metrics` options of this package. A method that is missing is not called; one
 * that throws becomes an uncaught exception and does not disturb what it was told about. Names and fields are stable.
 *
 * @example
 * ```ts
 * import type { MetricsRecorder } from "@idstack/spiffe/metrics";
 * const recorder: MetricsRecorder = {
 *   error: ({ source, code }) => console.log(`${source} ${code}`),
 *   handshake: ({ side, outcome, reason }) => console.log(`${side} ${outcome} ${reason ?? ""}`),
 * };
 * ```
 */
export interface MetricsRecorder {
  update?(event: UpdateEvent): void;
  reconnect?(event: ReconnectEvent): void;
  error?(event: ErrorEvent): void;
  handshake?(event: HandshakeEvent): void;
}
