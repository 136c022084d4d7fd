import { assertLabel, type ChartOutput, type EndpointPort, type VirtualEndpoint } from "@idstack/manifests";

/** Chart version that values, names, labels and ports are written for. */
export const CERT_MANAGER_CHART_VERSION = "v1.21.1";

/** Options of {@link certManagerChart}. */
export interface CertManagerChartOptions {
  /** Default `cert-manager`; Secrets of cluster-wide issuers live here. */
  readonly namespace?: string;
  /** Default `cert-manager`. */
  readonly releaseName?: string;
  /** Default {@link CERT_MANAGER_CHART_VERSION}. */
  readonly version?: string;
  /**
   * Resolvers that are asked whether a DNS-01 record is there, `["1.1.1.1:53"]`. Needed in homes whose own DNS answers
   * for the same domain: their answer would never show the record.
   */
  readonly dns01Resolvers?: readonly string[];
  /** Also serve Gateways with annotations; default false. */
  readonly gatewayApi?: boolean;
  /** Values not modelled above, merged last at their top level. */
  readonly values?: { readonly [key: string]: unknown };
}

/**
 * cert-manager as a Helm release, with the pods it will create: controller, webhook and CA injector.
 *
 * @example
 * ```ts
 * import { certManagerChart } from "@idstack/gateway";
 * console.log(certManagerChart().endpoints.map(({ name }) => name));
 * ```
 */
export function certManagerChart(options: CertManagerChartOptions = {}): ChartOutput {
  const { namespace = "cert-manager", releaseName = "cert-manager", gatewayApi = false } = options;
  const { version = CERT_MANAGER_CHART_VERSION, dns01Resolvers } = options;
  assertLabel(namespace, "namespace");
  assertLabel(releaseName, "releaseName");
  if (dns01Resolvers?.length === 0) throw new TypeError("dns01Resolvers: empty; leave it out for the cluster's DNS");
  const fullname = releaseName.includes("cert-manager") ? releaseName : `${releaseName}-cert-manager`;
  const metrics = { name: "http-metrics", port: 9402 };
  const pod = (suffix: string, component: string, ports: EndpointPort[]): VirtualEndpoint => ({
    namespace,
    name: `${fullname}${suffix}`,
    labels: {
      "app.kubernetes.io/name": suffix === "" ? "cert-manager" : component,
      "app.kubernetes.io/instance": releaseName,
      "app.kubernetes.io/component": component,
    },
    serviceAccount: `${fullname}${suffix}`,
    ports: ports.map((port) => ({ protocol: "TCP", ...port })),
    source: `cert-manager chart ${version}`,
  });
  return {
    chart: {
      repo: "https://charts.jetstack.io",
      chart: "cert-manager",
      version,
      releaseName,
      namespace,
      values: {
        // Kept on uninstall: with the CRDs every Certificate would go.
        crds: { enabled: true, keep: true },
        // Leases in its own namespace need no rights in kube-system.
        global: { leaderElection: { namespace } },
        // A Job that only waits for the API; GitOps tools watch health themselves.
        startupapicheck: { enabled: false },
        ...(dns01Resolvers && {
          dns01RecursiveNameservers: dns01Resolvers.join(","),
          dns01RecursiveNameserversOnly: true,
        }),
        ...(gatewayApi && { config: { ...CONFIG, gatewayAPI: { enabled: true } } }),
        ...options.values,
      },
    },
    objects: [],
    endpoints: [
      pod("", "controller", [metrics, { name: "http-healthz", port: 9403 }]),
      pod("-webhook", "webhook", [{ name: "https", port: 10250 }, { name: "healthcheck", port: 6080 }, metrics]),
      pod("-cainjector", "cainjector", [metrics]),
    ],
  };
}

const CONFIG = { apiVersion: "controller.config.cert-manager.io/v1alpha1", kind: "ControllerConfiguration" };
