import { type ChartOutput, mergeValues, type VirtualEndpoint } from "@idstack/manifests";
import { chartValues } from "../internal/chart-values.ts";
import { refuseSecrets } from "../internal/refuse-secrets.ts";
import { outpostEndpoint } from "../outpost-address.ts";

/** Chart that values, names, labels and ports are written for; pass `version` to install another. */
export const AUTHENTIK_CHART = {
  repo: "https://charts.goauthentik.io",
  chart: "authentik",
  version: "2026.8.0",
} as const;

/** A key of an existing Secret in Authentik's namespace. */
export interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
}

/** Options of {@link authentikChart}. */
export interface AuthentikChartOptions {
  /** Full URL browsers use, `https://auth.home.arpa`. */
  readonly baseUrl: string;
  /** Secret key that signs sessions; a Secret's name alone means its key `AUTHENTIK_SECRET_KEY`. */
  readonly secretKey: string | SecretKeyRef;
  /** The CloudNativePG Cluster, in the same namespace. */
  readonly database: {
    readonly cluster: string;
    /**
     * `verify-full` (default) checks the server's certificate and name against the cluster's CA, `verify-ca` the
     * certificate only, `require` neither.
     */
    readonly sslMode?: "verify-full" | "verify-ca" | "require" | undefined;
  };
  /** Secret with `AUTHENTIK_BOOTSTRAP_*` variables, read once at the very first start. */
  readonly bootstrapSecret?: string | undefined;
  /** ConfigMaps with blueprints. */
  readonly blueprints?: readonly string[] | undefined;
  /** Names of managed outposts, for their endpoints. */
  readonly outposts?: readonly string[] | undefined;
  /** `authentik` by default. */
  readonly releaseName?: string | undefined;
  /** `security` by default. */
  readonly namespace?: string | undefined;
  readonly version?: string | undefined;
  /** Chart values, merged over those of this builder as Helm does (mappings merge, lists replace). */
  readonly values?: Record<string, unknown> | undefined;
}

/**
 * Authentik as a Helm release on a CloudNativePG database, with the pods it creates.
 *
 * No secret stands in the values: database credentials come from the operator's Secret `<cluster>-app`, the secret key
 * from a Secret of yours. The bundled PostgreSQL is off. Throws TypeError when `baseUrl` is not a full URL, or when
 * `values` hold a secret key or a password.
 *
 * @example
 * ```ts
 * import { authentikChart } from "@idstack/authentik";
 * const { chart, endpoints } = authentikChart({
 *   baseUrl: "https://auth.home.arpa", secretKey: "authentik", database: { cluster: "authentik-db" },
 * });
 * console.log(chart.version, endpoints.map((pod) => pod.name)); // 2026.8.0 [ 'authentik-server', 'authentik-worker' ]
 * ```
 */
export function authentikChart(options: AuthentikChartOptions): ChartOutput {
  const { releaseName = "authentik", namespace = "security", version = AUTHENTIK_CHART.version } = options;
  if (!/^https?:\/\/[^/]/.test(options.baseUrl)) {
    throw new TypeError(
      `authentikChart: baseUrl "${options.baseUrl}" is not a full URL such as https://auth.home.arpa`,
    );
  }
  refuseSecrets(options.values ?? {});
  return {
    chart: {
      repo: AUTHENTIK_CHART.repo,
      chart: AUTHENTIK_CHART.chart,
      version,
      releaseName,
      namespace,
      values: mergeValues(chartValues(options), options.values ?? {}),
    },
    objects: [],
    endpoints: [
      ...podEndpoints({ releaseName, namespace, version }),
      ...(options.outposts ?? []).map((outpost) => outpostEndpoint({ outpost, namespace, version })),
    ],
  };
}

function podEndpoints(release: { releaseName: string; namespace: string; version: string }): VirtualEndpoint[] {
  const { releaseName, namespace, version } = release;
  // Helm's usual rule: release and chart name are joined unless the release name already holds it.
  const fullName = releaseName.includes("authentik") ? releaseName : `${releaseName}-authentik`;
  const pod = (component: string, ports: Readonly<Record<string, number>>): VirtualEndpoint => ({
    namespace,
    name: `${fullName}-${component}`,
    labels: {
      "app.kubernetes.io/name": "authentik",
      "app.kubernetes.io/instance": releaseName,
      "app.kubernetes.io/component": component,
    },
    ports: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: "TCP" })),
    source: `authentik chart ${version}`,
  });
  return [
    pod("server", { http: 9000, https: 9443, metrics: 9300 }),
    // It creates the Deployments of outposts, so it is the one that talks to the API server.
    { ...pod("worker", { metrics: 9300 }), serviceAccount: fullName },
  ];
}
