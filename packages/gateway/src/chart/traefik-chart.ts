import { assertLabel, type ChartOutput } from "@idstack/manifests";

/** Chart version that values, names and labels are written for. */
export const TRAEFIK_CHART_VERSION = "37.4.0";

/** Ports Traefik's container listens on: what network policies are about. The Service has 80 and 443. */
export const TRAEFIK_PORTS = { web: 8000, websecure: 8443, traefik: 8080, metrics: 9100 } as const;

/** Options of {@link traefikChart}. */
export interface TraefikChartOptions {
  /** Default `traefik`. */
  readonly namespace?: string;
  /** Default `traefik`. */
  readonly releaseName?: string;
  /** Default {@link TRAEFIK_CHART_VERSION}. */
  readonly version?: string;
  /** Default 1. */
  readonly replicas?: number;
  /** Address of the load balancer, where the cluster assigns none by itself. */
  readonly loadBalancerIp?: string;
  /** Also serve the Gateway API; default false. */
  readonly gatewayApi?: boolean;
  /** Values not modelled above, merged last at their top level. */
  readonly values?: { readonly [key: string]: unknown };
}

/**
 * Traefik as a Helm release, with the pods it will create. HTTP is redirected to HTTPS; the dashboard, Ingress objects
 * and references across namespaces are off.
 *
 * Container ports are written into the values; the label `app.kubernetes.io/instance` is `<release>-<namespace>`.
 *
 * @example
 * ```ts
 * import { traefikChart } from "@idstack/gateway";
 * console.log(traefikChart({ namespace: "infra" }).endpoints[0]?.labels["app.kubernetes.io/instance"]); // traefik-infra
 * ```
 */
export function traefikChart(options: TraefikChartOptions = {}): ChartOutput {
  const { namespace = "traefik", releaseName = "traefik", version = TRAEFIK_CHART_VERSION, replicas = 1 } = options;
  const { loadBalancerIp, gatewayApi = false } = options;
  assertLabel(namespace, "namespace");
  assertLabel(releaseName, "releaseName");
  const fullname = releaseName.includes("traefik") ? releaseName : `${releaseName}-traefik`;
  return {
    chart: {
      repo: "https://traefik.github.io/charts",
      chart: "traefik",
      version,
      releaseName,
      namespace,
      values: {
        deployment: { replicas },
        providers: {
          kubernetesCRD: { enabled: true, allowCrossNamespace: false, allowExternalNameServices: false },
          kubernetesIngress: { enabled: false },
          kubernetesGateway: { enabled: gatewayApi },
        },
        ingressRoute: { dashboard: { enabled: false } },
        ports: Object.fromEntries(Object.entries(TRAEFIK_PORTS).map(([name, port]) => [name, { port }])),
        // As arguments of Traefik itself, which do not hang on names of values.
        additionalArguments: [
          "--entryPoints.web.http.redirections.entryPoint.to=:443",
          "--entryPoints.web.http.redirections.entryPoint.scheme=https",
        ],
        ...(loadBalancerIp !== undefined && { service: { spec: { loadBalancerIP: loadBalancerIp } } }),
        ...options.values,
      },
    },
    objects: [],
    endpoints: [
      {
        namespace,
        name: fullname,
        labels: { "app.kubernetes.io/name": "traefik", "app.kubernetes.io/instance": `${releaseName}-${namespace}` },
        serviceAccount: fullname,
        ports: Object.entries(TRAEFIK_PORTS).map(([name, port]) => ({ name, port, protocol: "TCP" })),
        source: `traefik chart ${version}`,
      },
    ],
  };
}
