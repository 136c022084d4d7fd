// For applications.
export {
  type CounterLike,
  type GaugeLike,
  type MeterLike,
  type OpenTelemetryOptions,
  openTelemetryRecorder,
} from "./open-telemetry.ts";
export { type PrometheusRecorder, prometheusRecorder } from "./prometheus.ts";
// For libraries.
export type {
  ErrorEvent,
  HandshakeEvent,
  MetricsRecorder,
  MetricsSource,
  ReconnectEvent,
  TelemetryEvents,
  UpdateEvent,
} from "./recorder.ts";
export { channelNames, recordProcess } from "./subscribe.ts";
