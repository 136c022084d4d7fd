import { type ChartOutput, mergeValues, type VirtualEndpoint } from "@idstack/manifests";
import { addWiring } from "../internal/add-wiring.ts";
import type { Decryptor } from "../sops/decryptor.ts";
import type { HelmSecretsDecryptor } from "../sops/helm-secrets.ts";
import type { KsopsDecryptor } from "../sops/ksops.ts";

/** Chart that values, names, labels and ports are written for; pass `version` to install another. */
export const ARGO_CD_CHART = {
  repo: "https://argoproj.github.io/argo-helm",
  chart: "argo-cd",
  version: "9.1.4",
} as const;

/** Options of {@link argoCdChart}. */
export interface ArgoCdChartOptions {
  readonly version?: string | undefined;
  /** `argocd` by default. */
  readonly releaseName?: string | undefined;
  /** `argocd` by default. */
  readonly namespace?: string | undefined;
  /** Host of the web interface, `argocd.home.arpa`. */
  readonly domain?: string | undefined;
  /** Dex, for single sign-on through other protocols than OIDC; off by default. */
  readonly dex?: boolean | undefined;
  /** The notifications controller; off by default. */
  readonly notifications?: boolean | undefined;
  /**
   * {@link ksops} and {@link helmSecrets} are wired into the repo-server; the operator of {@link sopsSecretsOperator}
   * needs nothing here.
   */
  readonly decryptor?:
    | KsopsDecryptor
    | HelmSecretsDecryptor
    | (Decryptor & { readonly decryptor: "sops-secret" })
    | undefined;
  /** Chart values, merged over those of this builder as Helm does (mappings merge, lists replace). */
  readonly values?: Record<string, unknown> | undefined;
}

/** Components and the ports of their pods, as known for {@link ARGO_CD_CHART}. */
const PODS = {
  server: { ports: { server: 8080, metrics: 8083 } },
  "repo-server": { ports: { "repo-server": 8081, metrics: 8084 } },
  "application-controller": { ports: { metrics: 8082 } },
  "applicationset-controller": { ports: { webhook: 7000, metrics: 8080, probe: 8081 } },
  redis: { ports: { redis: 6379 } },
  "redis-secret-init": { ports: {} },
  "dex-server": { ports: { http: 5556, grpc: 5557, metrics: 5558 } },
  "notifications-controller": { ports: { metrics: 9001 } },
} as const satisfies Record<string, { ports: Record<string, number> }>;

/**
 * Argo CD as a Helm release, with the pods it creates and the chosen decryptor wired in.
 *
 * Throws TypeError when `values` contradict what the decryptor needs.
 *
 * @example
 * ```ts
 * import { argoCdChart, ksops } from "@idstack/gitops";
 * const { chart, endpoints } = argoCdChart({ domain: "argocd.home.arpa", decryptor: ksops() });
 * console.log(chart.releaseName, endpoints[0]?.labels["app.kubernetes.io/name"]); // argocd argocd-server
 * ```
 */
export function argoCdChart(options: ArgoCdChartOptions = {}): ChartOutput {
  const { version = ARGO_CD_CHART.version, releaseName = "argocd", namespace = "argocd", domain } = options;
  const { dex = false, notifications = false, decryptor } = options;
  const base = {
    ...(domain === undefined ? {} : { global: { domain } }),
    dex: { enabled: dex },
    notifications: { enabled: notifications },
  };
  const merged = mergeValues(base, options.values ?? {});
  const values =
    decryptor !== undefined && "argoCdValues" in decryptor ? addWiring(merged, decryptor.argoCdValues) : merged;
  const components = (Object.keys(PODS) as (keyof typeof PODS)[]).filter(
    (component) => (component !== "dex-server" || dex) && (component !== "notifications-controller" || notifications),
  );
  return {
    chart: { repo: ARGO_CD_CHART.repo, chart: ARGO_CD_CHART.chart, version, releaseName, namespace, values },
    objects: [],
    endpoints: components.map((component) => endpoint(component, { version, releaseName, namespace })),
  };
}

function endpoint(
  component: keyof typeof PODS,
  { version, releaseName, namespace }: { version: string; releaseName: string; namespace: string },
): VirtualEndpoint {
  // Helm's usual rule: release and chart name are joined unless the release name already holds it.
  const fullName = releaseName.includes("argocd") ? releaseName : `${releaseName}-argocd`;
  return {
    namespace,
    name: `${fullName}-${component}`,
    labels: {
      "app.kubernetes.io/name": `argocd-${component}`,
      "app.kubernetes.io/instance": releaseName,
      "app.kubernetes.io/part-of": "argocd",
    },
    ...serviceAccount(component),
    ports: Object.entries(PODS[component].ports).map(([name, port]) => ({ name, port, protocol: "TCP" as const })),
    source: `argo-cd chart ${version}`,
  };
}

/** Accounts do not follow the name of the release; Redis has none of its own. */
function serviceAccount(component: keyof typeof PODS): Pick<VirtualEndpoint, "serviceAccount"> {
  return component === "redis" || component === "redis-secret-init" ? {} : { serviceAccount: `argocd-${component}` };
}
