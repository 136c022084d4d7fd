import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { CHANNEL_PREFIX, tell } from "../internal/telemetry.ts";
import type { MetricsRecorder, TelemetryEvents } from "./recorder.ts";

/** Names of the channels of `node:diagnostics_channel`; messages are the events of {@link TelemetryEvents}. */
export const channelNames = {
  update: `${CHANNEL_PREFIX}update`,
  reconnect: `${CHANNEL_PREFIX}reconnect`,
  error: `${CHANNEL_PREFIX}error`,
  handshake: `${CHANNEL_PREFIX}handshake`,
} as const satisfies Record<keyof TelemetryEvents, string>;

/**
 * Lets a recorder follow everything this package does in the process, without a `metrics` option anywhere. Use one way or
 * the other: what a recorder hears both ways counts twice.
 *
 * @returns Stops it.
 *
 * @example
 * ```ts
 * import { prometheusRecorder, recordProcess } from "@idstack/spiffe/metrics";
 * const metrics = prometheusRecorder();
 * const stop = recordProcess(metrics);
 * stop();
 * ```
 */
export function recordProcess(recorder: MetricsRecorder): () => void {
  const stops = (Object.keys(channelNames) as (keyof TelemetryEvents)[]).map((kind) => {
    const listener = (message: unknown): void => tell(recorder, kind, message as TelemetryEvents[typeof kind]);
    subscribe(channelNames[kind], listener);
    return () => unsubscribe(channelNames[kind], listener);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
