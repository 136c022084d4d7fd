import { barmanCloudPluginChart, type ChartOutput, cnpgOperatorChart } from "@idstack/backup";
import { externalSecret, externalSecretsChart } from "@idstack/external-secrets";
import { certManagerChart, clusterIssuer, internalCa, traefikChart } from "@idstack/gateway";
import { argoCdChart, type KsopsDecryptor } from "@idstack/gitops";
import type { KubeObject } from "@idstack/manifests";
import { ciliumChart } from "../charts/cilium-chart.ts";
import { coreDns } from "../charts/core-dns.ts";
import { tetragonChart } from "../charts/tetragon-chart.ts";
import type { StackDeclaration } from "../declaration.ts";
import { exposeHost } from "./exposure.ts";
import { argoCdNamespace } from "./gitops.ts";
import { type Part, part } from "./part.ts";
import { storeRef } from "./secrets.ts";

const INTERNAL_CA = "internal-ca";
const DNS_TOKEN = "dns01-token";

/** Everything that the cluster itself runs, as charts with the pods they create. */
export function expandPlatform(stack: StackDeclaration, decryptor: KsopsDecryptor | undefined): Part {
  const { platform } = stack;
  if (platform === undefined) return part({ endpoints: [coreDns] });
  const { namespace, argoCd, traefik } = platform;
  const charts: ChartOutput[] = [
    ...(platform.cilium === undefined ? [] : [ciliumChart(stack)]),
    ...(platform.certManager === undefined ? [] : [certManagerChart({ namespace })]),
    ...(argoCd === undefined ? [] : [argoCdRelease(argoCd.host, decryptor)]),
    ...(platform.tetragon === undefined ? [] : [tetragonChart()]),
    ...(platform.externalSecrets === undefined ? [] : [externalSecrets(stack, namespace)]),
    ...(platform.cloudNativePg === undefined ? [] : [cnpgOperatorChart({ namespace })]),
    // The plug-in's certificates come from cert-manager; without backups nobody would use it.
    ...(platform.cloudNativePg === undefined || stack.backups === undefined
      ? []
      : [barmanCloudPluginChart({ namespace })]),
    ...(traefik === undefined ? [] : [traefikChart({ namespace, ...traefik })]),
  ];
  return part({
    charts: charts.map(({ chart }) => chart),
    objects: [
      ...charts.flatMap(({ objects }) => objects),
      ...issuers(stack, namespace),
      ...(argoCd?.host === undefined || traefik === undefined
        ? []
        : exposeHost(stack, { host: argoCd.host, service: `${argoCdNamespace}/argocd-server`, port: 80 })),
    ],
    endpoints: [coreDns, ...charts.flatMap(({ endpoints }) => endpoints)],
  });
}

function argoCdRelease(host: string | undefined, decryptor: KsopsDecryptor | undefined): ChartOutput {
  return argoCdChart({
    namespace: argoCdNamespace,
    ...(host === undefined ? {} : { domain: host }),
    ...(decryptor === undefined ? {} : { decryptor }),
    // Traefik ends TLS in front of it.
    values: { configs: { params: { "server.insecure": host !== undefined } } },
  });
}

function externalSecrets(stack: StackDeclaration, namespace: string): ChartOutput {
  const bitwarden = stack.secretStore?.provider === "bitwarden" && stack.platform?.certManager !== undefined;
  return externalSecretsChart({ namespace, ...(bitwarden ? { bitwarden: { issuer: INTERNAL_CA } } : {}) });
}

/** One issuer for hosts people open, and an internal authority for names inside the cluster. */
function issuers(stack: StackDeclaration, namespace: string): KubeObject[] {
  const { certManager } = stack.platform ?? {};
  if (certManager === undefined) return [];
  const internal = internalCa({ name: INTERNAL_CA, namespace });
  if ("ca" in certManager) return [...internal, clusterIssuer({ name: "ca", ca: certManager.ca })];
  const { email, zones, token } = certManager.acme;
  return [
    ...internal,
    externalSecret({ name: DNS_TOKEN, namespace, store: storeRef(stack), data: { token } }),
    clusterIssuer({
      name: "letsencrypt",
      acme: { email, cloudflare: { apiToken: { name: DNS_TOKEN, key: "token" }, zones } },
    }),
  ];
}
