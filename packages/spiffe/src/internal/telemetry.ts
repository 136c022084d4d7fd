import { channel } from "node:diagnostics_channel";
import type { MetricsRecorder, TelemetryEvents } from "../metrics/recorder.ts";
import { callSafely } from "./listeners.ts";

/** Names are public: subscribers of `node:diagnostics_channel` depend on them. */
export const CHANNEL_PREFIX = "idstack:spiffe:";

const channels = {
  update: channel(`${CHANNEL_PREFIX}update`),
  reconnect: channel(`${CHANNEL_PREFIX}reconnect`),
  error: channel(`${CHANNEL_PREFIX}error`),
  handshake: channel(`${CHANNEL_PREFIX}handshake`),
} as const;

/** The one place from which events leave this package; `make` is not called when nobody listens. */
export function emit<K extends keyof TelemetryEvents>(
  kind: K,
  recorder: MetricsRecorder | undefined,
  make: () => TelemetryEvents[K],
): void {
  const { [kind]: to } = channels;
  if (recorder === undefined && !to.hasSubscribers) return;
  const event = make();
  if (to.hasSubscribers) to.publish(event);
  if (recorder !== undefined) tell(recorder, kind, event);
}

/** Hands one event to a recorder. */
export function tell<K extends keyof TelemetryEvents>(
  recorder: MetricsRecorder,
  kind: K,
  event: TelemetryEvents[K],
): void {
  callSafely(
    (told: TelemetryEvents[K]) =>
      (recorder[kind] as ((event: TelemetryEvents[K]) => void) | undefined)?.call(recorder, told),
    event,
  );
}
