import { type Clock, systemClock } from "../clock.ts";
import { Expiries } from "../internal/expiries.ts";
import { optionalPeer } from "../internal/optional-peer.ts";
import type { MetricsRecorder } from "./recorder.ts";

/** The part of a `Meter` of `@opentelemetry/api` that is used. */
export interface MeterLike {
  createCounter(name: string, options: { description: string }): CounterLike;
  createObservableGauge(name: string, options: { description: string; unit: string }): GaugeLike;
}

/** A counter of OpenTelemetry. */
export interface CounterLike {
  add(value: number, attributes: Record<string, string>): void;
}

/** An observable gauge of OpenTelemetry. */
export interface GaugeLike {
  addCallback(callback: (result: { observe(value: number, attributes: Record<string, string>): void }) => void): void;
}

/** Options of {@link openTelemetryRecorder}. */
export interface OpenTelemetryOptions {
  /** Default: that of the global meter provider, named `@idstack/spiffe`. */
  readonly meter?: MeterLike | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Records into OpenTelemetry: counters `idstack.spiffe.updates`, `.reconnects`, `.errors` and `.handshakes` and the gauge
 * `idstack.spiffe.svid.expiry` in seconds, with the attributes that `prometheusRecorder` has as labels.
 *
 * `@opentelemetry/api` is an optional peer: `npm install @opentelemetry/api`.
 *
 * @throws TypeError if `@opentelemetry/api` is not installed; the message names the command.
 *
 * @example
 * ```ts
 * import { openTelemetryRecorder } from "@idstack/spiffe/metrics";
 * const metrics = openTelemetryRecorder(); // X509Source.open({ metrics })
 * metrics.handshake?.({ side: "client", outcome: "accepted" });
 * ```
 */
export function openTelemetryRecorder(options: OpenTelemetryOptions = {}): MetricsRecorder {
  const { clock = systemClock } = options;
  const meter = options.meter ?? globalMeter();
  const updates = meter.createCounter("idstack.spiffe.updates", { description: "New states of sources." });
  const reconnects = meter.createCounter("idstack.spiffe.reconnects", { description: "Attempts to reopen a stream." });
  const errors = meter.createCounter("idstack.spiffe.errors", { description: "Failed attempts, things left out." });
  const handshakes = meter.createCounter("idstack.spiffe.handshakes", { description: "Peers that were judged." });
  const expiries = new Expiries();
  meter
    .createObservableGauge("idstack.spiffe.svid.expiry", { description: "Seconds to expiry.", unit: "s" })
    .addCallback((result) => {
      for (const { source, spiffeId, expiresAt } of expiries.earliest()) {
        result.observe((expiresAt - clock.now()) / 1000, { source, spiffe_id: spiffeId });
      }
    });
  return {
    update(event) {
      updates.add(1, { source: event.source });
      expiries.note(event);
    },
    reconnect: ({ source }) => reconnects.add(1, { source }),
    error: ({ source, code }) => errors.add(1, { source, code }),
    handshake: ({ side, outcome, reason = "" }) => handshakes.add(1, { side, outcome, reason }),
  };
}

function globalMeter(): MeterLike {
  type Api = { readonly metrics: { getMeter(name: string): MeterLike } };
  return optionalPeer<Api>("@opentelemetry/api", "1", "openTelemetryRecorder").metrics.getMeter("@idstack/spiffe");
}
