import { assertLabel, type ChartOutput, type EndpointPort, type VirtualEndpoint } from "@idstack/manifests";
import { BITWARDEN_DEFAULTS } from "../bitwarden.ts";
import { type BitwardenServerCertificateOptions, bitwardenServerCertificate } from "../bitwarden-server-certificate.ts";

/** Chart version that values, names, labels and ports are written for. */
export const EXTERNAL_SECRETS_CHART_VERSION = "2.9.0";

/** Options of {@link externalSecretsChart}. */
export interface ExternalSecretsChartOptions {
  /** Default `external-secrets`. */
  readonly namespace?: string;
  /** Default `external-secrets`. */
  readonly releaseName?: string;
  /** Default {@link EXTERNAL_SECRETS_CHART_VERSION}. */
  readonly version?: string;
  /** Runs the Bitwarden SDK server with a certificate of this issuer; left out, it does not run. */
  readonly bitwarden?: Pick<BitwardenServerCertificateOptions, "issuer">;
  /** Values not modelled above, merged last at their top level. */
  readonly values?: { readonly [key: string]: unknown };
}

/**
 * The External Secrets Operator as a Helm release, with the pods it will create: controller, webhook, cert-controller
 * and, if asked for, the Bitwarden SDK server with its certificate.
 *
 * @example
 * ```ts
 * import { externalSecretsChart } from "@idstack/external-secrets";
 * const { endpoints } = externalSecretsChart({ bitwarden: { issuer: "internal-ca" } });
 * console.log(endpoints.map(({ name }) => name));
 * ```
 */
export function externalSecretsChart(options: ExternalSecretsChartOptions = {}): ChartOutput {
  const { namespace = BITWARDEN_DEFAULTS.namespace, version = EXTERNAL_SECRETS_CHART_VERSION, bitwarden } = options;
  const { releaseName = "external-secrets" } = options;
  assertLabel(namespace, "namespace");
  assertLabel(releaseName, "releaseName");
  // Helm's usual rule for names, written into the values so that pods and accounts do not hang on it.
  const fullname = releaseName.includes("external-secrets") ? releaseName : `${releaseName}-external-secrets`;
  const pod = (name: string, label: string, ports: EndpointPort[]): VirtualEndpoint => ({
    namespace,
    name,
    labels: { "app.kubernetes.io/name": label, "app.kubernetes.io/instance": releaseName },
    serviceAccount: name,
    ports: ports.map((port) => ({ protocol: "TCP", ...port })),
    source: `external-secrets chart ${version}`,
  });
  const metrics = { name: "metrics", port: 8080 };
  return {
    chart: {
      repo: "https://charts.external-secrets.io",
      chart: "external-secrets",
      version,
      releaseName,
      namespace,
      values: {
        fullnameOverride: fullname,
        installCRDs: true,
        webhook: { port: 10250 },
        ...(bitwarden && { "bitwarden-sdk-server": { enabled: true, fullnameOverride: SDK_SERVER } }),
        ...options.values,
      },
    },
    objects: bitwarden ? [bitwardenServerCertificate({ issuer: bitwarden.issuer, namespace })] : [],
    endpoints: [
      pod(fullname, "external-secrets", [metrics]),
      pod(`${fullname}-webhook`, "external-secrets-webhook", [{ name: "webhook", port: 10250 }, metrics]),
      pod(`${fullname}-cert-controller`, "external-secrets-cert-controller", [metrics]),
      ...(bitwarden ? [pod(SDK_SERVER, SDK_SERVER, [{ name: "http", port: 9998 }])] : []),
    ],
  };
}

const SDK_SERVER = "bitwarden-sdk-server";
