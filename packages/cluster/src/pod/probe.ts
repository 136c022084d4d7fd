import type { Probe } from "@idstack/schemas/v1";

/**
 * How the kubelet sees that a container works: `"tcp"` (the port accepts connections; also behind mutual TLS, where
 * the kubelet has no certificate), an HTTP path, or `"none"`.
 */
export type ProbeOption =
  | "tcp"
  | "none"
  | { readonly path: string; readonly port?: number; readonly scheme?: "HTTP" | "HTTPS" };

/** Readiness every 10 s; liveness slower and more patient, so that a busy container is not restarted. */
export function probes(
  option: ProbeOption,
  port: number | undefined,
): { readonly readinessProbe?: Probe; readonly livenessProbe?: Probe } {
  const handler = handlerOf(option, port);
  if (handler === undefined) return {};
  return {
    readinessProbe: { ...handler, periodSeconds: 10 },
    livenessProbe: { ...handler, periodSeconds: 20, failureThreshold: 6 },
  };
}

function handlerOf(option: ProbeOption, port: number | undefined): Probe | undefined {
  if (option === "none") return undefined;
  if (option === "tcp") return port === undefined ? undefined : { tcpSocket: { port } };
  const target = option.port ?? port;
  if (target === undefined) throw new TypeError("probe: there is no port to ask");
  if (!option.path.startsWith("/")) throw new TypeError(`probe: "${option.path}" does not begin with "/"`);
  const scheme = option.scheme === undefined ? {} : { scheme: option.scheme };
  return { httpGet: { path: option.path, port: target, ...scheme } };
}
