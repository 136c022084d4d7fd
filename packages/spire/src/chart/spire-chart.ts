import { type ChartOutput, type ChartRelease, defined, mergeValues, type VirtualEndpoint } from "@idstack/manifests";
import { TrustDomain } from "@idstack/spiffe";
import { checkLifetimes, throwErrors } from "../internal/check-settings.ts";

/**
 * The hardened charts that values, names, labels and ports are written for: `spire` carries the server with its
 * controller manager, the agents and the CSI driver; `spire-crds` its custom resources. Pass `version` for another one.
 */
export const SPIRE_CHARTS = {
  repo: "https://spiffe.github.io/helm-charts-hardened/",
  spire: "0.27.0",
  crds: "0.5.0",
} as const;

/** Options of {@link spireChart}. Durations are Go durations: `1h`, `90m`. */
export interface SpireChartOptions {
  readonly trustDomain: string;
  /** Name of the cluster in the IDs of its agents. */
  readonly clusterName: string;
  /** `spire` by default, as is the namespace. */
  readonly releaseName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly version?: string | undefined;
  readonly crdsVersion?: string | undefined;
  /** `24h` by default. */
  readonly caTtl?: string | undefined;
  /** `1h` by default. */
  readonly x509SvidTtl?: string | undefined;
  /** `5m` by default. */
  readonly jwtSvidTtl?: string | undefined;
  readonly caSubject?:
    | { readonly country: string; readonly organization: string; readonly commonName: string }
    | undefined;
  /** Size of the server's volume (keys and database), `1Gi` by default. */
  readonly storage?: string | undefined;
  /** Let the chart give every pod an identity; off by default: declare a ClusterSPIFFEID per workload. */
  readonly defaultIdentities?: boolean | undefined;
  /** The OIDC discovery provider, which publishes JWT keys; off by default. */
  readonly oidc?: boolean | undefined;
  /** Chart values, merged over those of this builder as Helm does. */
  readonly values?: Record<string, unknown> | undefined;
}

/**
 * Socket of the agents on their nodes. The CSI driver mounts its folder into pods, so that a pod's
 * `SPIFFE_ENDPOINT_SOCKET` ends with the same file name.
 */
const AGENT_SOCKET = "/run/spire/agent-sockets/spire-agent.sock";

/** Result of {@link spireChart}. */
export interface SpireChartOutput extends ChartOutput {
  /** Release of the custom resource definitions; goes first. */
  readonly crds: ChartRelease;
  /** Class of the controller manager; it also serves resources without a class. */
  readonly className: string;
}

/**
 * SPIRE as Helm releases of the hardened charts, with the pods they create.
 *
 * The controller manager also watches resources without a class name, so that a plain ClusterSPIFFEID works. The
 * agents' socket is written into the values; `spiffeVolume` of `@idstack/cluster` gives pods the same file name. Throws TypeError for lifetimes that the server could not keep at all, SpiffeError for a
 * malformed trust domain.
 *
 * @example
 * ```ts
 * import { spireChart } from "@idstack/spire";
 * const { crds, chart, endpoints } = spireChart({ trustDomain: "homelab.internal", clusterName: "home" });
 * console.log(crds.chart, chart.chart, endpoints.map((pod) => pod.name));
 * // spire-crds spire [ 'spire-server', 'spire-agent', 'spire-spiffe-csi-driver' ]
 * ```
 */
export function spireChart(options: SpireChartOptions): SpireChartOutput {
  const { version = SPIRE_CHARTS.spire, releaseName = "spire", namespace = "spire", oidc = false } = options;
  const { caTtl = "24h", x509SvidTtl = "1h", jwtSvidTtl = "5m" } = options;
  const lifetimes = { ca_ttl: caTtl, default_x509_svid_ttl: x509SvidTtl, default_jwt_svid_ttl: jwtSvidTtl };
  throwErrors("spireChart", checkLifetimes(lifetimes));
  const className = `${namespace}-${releaseName}`;
  const values = {
    global: {
      spire: defined({
        trustDomain: TrustDomain.parse(options.trustDomain).name,
        clusterName: options.clusterName,
        caSubject: options.caSubject && { ...options.caSubject },
      }),
      // Jobs that repair an installation by Helm itself; whoever only renders the chart has to switch them off.
      installAndUpgradeHooks: { enabled: false },
      deleteHooks: { enabled: false },
    },
    "spire-server": {
      caTTL: caTtl,
      defaultX509SvidTTL: x509SvidTtl,
      defaultJwtSvidTTL: jwtSvidTtl,
      persistence: { size: options.storage ?? "1Gi" },
      controllerManager: {
        enabled: true,
        className,
        watchClassless: true,
        identities: { clusterSPIFFEIDs: { default: { enabled: options.defaultIdentities ?? false } } },
      },
    },
    "spire-agent": { enabled: true, socketPath: AGENT_SOCKET },
    "spiffe-csi-driver": { enabled: true, agentSocketPath: AGENT_SOCKET },
    "spiffe-oidc-discovery-provider": { enabled: oidc },
  };
  const common = { repo: SPIRE_CHARTS.repo, namespace };
  return {
    crds: {
      ...common,
      chart: "spire-crds",
      version: options.crdsVersion ?? SPIRE_CHARTS.crds,
      releaseName: `${releaseName}-crds`,
      values: {},
    },
    chart: { ...common, chart: "spire", version, releaseName, values: mergeValues(values, options.values ?? {}) },
    className,
    objects: [],
    endpoints: endpoints({ version, releaseName, namespace, oidc }),
  };
}

interface Release {
  readonly version: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly oidc: boolean;
}

function endpoints({ version, releaseName, namespace, oidc }: Release): VirtualEndpoint[] {
  const pod = (label: string, ports: Readonly<Record<string, number>>): VirtualEndpoint => ({
    namespace,
    name: `${releaseName}-${label}`,
    labels: { "app.kubernetes.io/name": label, "app.kubernetes.io/instance": releaseName },
    serviceAccount: `${releaseName}-${label}`,
    ports: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: "TCP" })),
    source: `spire chart ${version}`,
  });
  return [
    // The controller manager is a container of the server's pod: its webhook listens there.
    pod("server", { grpc: 8081, healthz: 8080, "cm-webhook": 9443, "cm-healthz": 8083 }),
    { ...pod("agent", { healthz: 9982 }), hostNetwork: true },
    pod("spiffe-csi-driver", { healthz: 9809 }),
    ...(oidc ? [pod("spiffe-oidc-discovery-provider", { https: 8443, healthz: 8008 })] : []),
  ];
}
