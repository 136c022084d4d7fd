import { assertLabel, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Deployment } from "@idstack/schemas/apps/v1";
import type { Container, PodSpec, ResourceRequirements, Volume, VolumeMount } from "@idstack/schemas/v1";
import { type Environment, environment } from "./pod/environment.ts";
import { type ProbeOption, probes } from "./pod/probe.ts";
import { restrictedContainer, restrictedPod } from "./pod/restricted-pod.ts";
import { type SpiffeVolumeOptions, spiffeVolume } from "./pod/spiffe-volume.ts";

/** Options of {@link deployment}. */
export interface DeploymentOptions extends NamespacedOptions {
  /** See `checkImage` for what a reference should hold. */
  readonly image: string;
  /** Port that the container listens on, or several by name; none for a worker. */
  readonly port?: number | { readonly [name: string]: number };
  readonly env?: Environment;
  /** Secrets of which every key becomes a variable. */
  readonly envFromSecrets?: readonly string[];
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Default 1. */
  readonly replicas?: number;
  /** Default the name of the Deployment; the account is not made here. */
  readonly serviceAccount?: string;
  /** Default requests 10m CPU and 64Mi memory, limit 256Mi memory; no CPU limit, which would only throttle. */
  readonly resources?: ResourceRequirements;
  /** Default `"tcp"` on the first port. */
  readonly probe?: ProbeOption;
  /** Numeric user, where the image does not name one by number. */
  readonly user?: number;
  readonly fsGroup?: number;
  /** Directories that get an emptyDir, as the root file system is read-only; default `["/tmp"]`. */
  readonly writablePaths?: readonly string[];
  /** Gives the container the SPIFFE Workload API through the CSI driver; default false. */
  readonly spiffe?: boolean | SpiffeVolumeOptions;
  readonly volumes?: readonly Volume[];
  readonly volumeMounts?: readonly VolumeMount[];
  /** Labels of the pods besides `app.kubernetes.io/name`. */
  readonly podLabels?: { readonly [key: string]: string };
  readonly podAnnotations?: { readonly [key: string]: string };
  /** Container fields not modelled above, merged last. */
  readonly container?: Partial<Container>;
  /** Pod fields not modelled above, merged last. */
  readonly pod?: Partial<PodSpec>;
  /** Deployment fields not modelled above, merged last. */
  readonly spec?: Partial<NonNullable<Deployment["spec"]>>;
}

/**
 * A Deployment of one container that passes the Pod Security profile `restricted`: no root, no privileges, read-only
 * root file system, no API token. Its pods carry `app.kubernetes.io/name: <name>`.
 *
 * @throws TypeError for an impossible name, port or variable.
 * @example
 * ```ts
 * import { deployment } from "@idstack/cluster";
 * const { spec } = deployment({ name: "web", namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080, spiffe: true });
 * console.log(spec?.template.spec?.volumes?.map(({ name }) => name)); // [ 'writable-0', 'spiffe-workload-api' ]
 * ```
 */
export function deployment(options: DeploymentOptions): Deployment {
  const { name, replicas = 1, podLabels, podAnnotations } = options;
  assertLabel(name, "name");
  const selected = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata({ ...options, labels: { ...selected, ...options.labels } }),
    spec: {
      replicas,
      selector: { matchLabels: selected },
      template: {
        metadata: {
          labels: { ...podLabels, ...selected },
          ...(podAnnotations && { annotations: { ...podAnnotations } }),
        },
        spec: podSpec(options),
      },
      ...options.spec,
    },
  };
}

function podSpec(options: DeploymentOptions): PodSpec {
  const { name, user, fsGroup, serviceAccount = name, writablePaths = ["/tmp"], spiffe = false } = options;
  const workloadApi = spiffe === false ? undefined : spiffeVolume(spiffe === true ? {} : spiffe);
  const writable = writablePaths.map((mountPath, index) => ({ name: `writable-${index}`, mountPath }));
  const volumes: Volume[] = [
    ...writable.map((mount) => ({ name: mount.name, emptyDir: {} })),
    ...(workloadApi ? [workloadApi.volume] : []),
    ...(options.volumes ?? []),
  ];
  const mounts = [...writable, ...(workloadApi ? [workloadApi.mount] : []), ...(options.volumeMounts ?? [])];
  const security = restrictedPod({ ...(user !== undefined && { user }), ...(fsGroup !== undefined && { fsGroup }) });
  return {
    serviceAccountName: serviceAccount,
    ...security,
    containers: [
      {
        name,
        ...containerSpec(options, workloadApi ? [workloadApi.env] : []),
        ...(mounts.length > 0 && { volumeMounts: mounts }),
        ...options.container,
      },
    ],
    ...(volumes.length > 0 && { volumes }),
    ...options.pod,
  };
}

function containerSpec(options: DeploymentOptions, extraEnv: NonNullable<Container["env"]>): Omit<Container, "name"> {
  const { image, port, resources = RESOURCES, probe = "tcp", envFromSecrets = [], command, args } = options;
  const ports = Object.entries(typeof port === "object" ? port : port === undefined ? {} : { main: port });
  for (const [key, value] of ports) {
    if (!Number.isInteger(value) || value < 1 || value > 65535) throw new TypeError(`port ${key}: ${value} is no port`);
  }
  const env = [...environment(options.env ?? {}), ...extraEnv];
  return {
    image,
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ...(ports.length > 0 && {
      ports: ports.map(([key, containerPort]) => ({ name: key, containerPort, protocol: "TCP" as const })),
    }),
    ...(env.length > 0 && { env }),
    ...(envFromSecrets.length > 0 && { envFrom: envFromSecrets.map((secret) => ({ secretRef: { name: secret } })) }),
    resources,
    ...probes(probe, ports[0]?.[1]),
    securityContext: restrictedContainer(),
  };
}

const RESOURCES: ResourceRequirements = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } };
