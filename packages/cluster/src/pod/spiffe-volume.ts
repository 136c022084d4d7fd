import type { EnvVar, Volume, VolumeMount } from "@idstack/schemas/v1";

/** Options of {@link spiffeVolume}. */
export interface SpiffeVolumeOptions {
  /** File name of the agent's socket; default `"spire-agent.sock"`, which `spireChart` of `@idstack/spire` sets. */
  readonly socket?: string;
  /** Directory in the container, default `"/spiffe-workload-api"`. */
  readonly mountPath?: string;
}

/**
 * What gives a container the SPIFFE Workload API: a volume of the CSI driver `csi.spiffe.io`, its mount, and the
 * variable `SPIFFE_ENDPOINT_SOCKET` that SDKs read. No hostPath, which the Pod Security profile `baseline` forbids.
 *
 * @example
 * ```ts
 * import { spiffeVolume } from "@idstack/cluster";
 * console.log(spiffeVolume().env.value); // unix:///spiffe-workload-api/spire-agent.sock
 * ```
 */
export function spiffeVolume(options: SpiffeVolumeOptions = {}): {
  readonly volume: Volume;
  readonly mount: VolumeMount;
  readonly env: EnvVar;
} {
  const { socket = "spire-agent.sock", mountPath = "/spiffe-workload-api" } = options;
  const name = "spiffe-workload-api";
  return {
    volume: { name, csi: { driver: "csi.spiffe.io", readOnly: true } },
    mount: { name, mountPath, readOnly: true },
    env: { name: "SPIFFE_ENDPOINT_SOCKET", value: `unix://${mountPath}/${socket}` },
  };
}
