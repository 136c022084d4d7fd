import { barmanCloudPluginChart, cnpgOperatorChart } from "@idstack/backup";
import { externalSecret, externalSecretsChart } from "@idstack/external-secrets";
import { certManagerChart, clusterIssuer, internalCa, traefikChart } from "@idstack/gateway";
import { argoCdChart, type KsopsDecryptor } from "@idstack/gitops";
import type { ChartOutput, KubeObject } from "@idstack/manifests";
import { ciliumChart } from "../charts/cilium-chart.ts";
import { coreDns } from "../charts/core-dns.ts";
import { tetragonChart } from "../charts/tetragon-chart.ts";
import type { CertManagerInput, PlatformInput } from "../declaration/platform-input.ts";
import type { SecretStoreInput } from "../declaration/secret-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { isClusterName } from "../internal/addresses.ts";
import { urlHost } from "./connect.ts";
import { exposeHost, INTERNAL_CA, publicIssuer } from "./exposure.ts";
import { argoCdNamespace } from "./gitops.ts";
import { merge, type Part, part } from "./part.ts";
import { storeRef } from "./secrets.ts";

const DNS_TOKEN = "dns01-token";

/** Everything that the cluster itself runs, as charts with the pods they create. */
export function expandPlatform(stack: StackDeclaration, decryptor: KsopsDecryptor | undefined): Part {
  const { platform } = stack;
  return merge([
    part(["cluster"], { endpoints: [coreDns] }),
    ...(platform === undefined ? [] : installed(stack, platform, decryptor)),
  ]);
}

function installed(stack: StackDeclaration, platform: PlatformInput, decryptor: KsopsDecryptor | undefined): Part[] {
  const { namespace, argoCd, certManager, traefik } = platform;
  return [
    platform.cilium && from("cilium", ciliumChart(stack)),
    certManager && from("certManager", certManagerChart({ namespace }), issuers(stack, namespace, certManager)),
    argoCd && from("argoCd", argoCdRelease(argoCd.host, decryptor), argoCdRoute(stack, argoCd.host)),
    platform.tetragon && from("tetragon", tetragonChart()),
    platform.externalSecrets && from("externalSecrets", externalSecrets(stack, namespace)),
    platform.cloudNativePg && from("cloudNativePg", cnpgOperatorChart({ namespace })),
    // The plug-in's certificates come from cert-manager; without backups nobody would use it.
    platform.cloudNativePg && stack.backups && from("cloudNativePg", barmanCloudPluginChart({ namespace })),
    traefik && from("traefik", traefikChart({ namespace, ...traefik })),
  ].filter((each) => each !== undefined);
}

function from(key: keyof PlatformInput, { chart, objects, endpoints }: ChartOutput, more: KubeObject[] = []): Part {
  return part(["platform", key], { charts: [chart], objects: [...objects, ...more], endpoints });
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

function argoCdRoute(stack: StackDeclaration, host: string | undefined): KubeObject[] {
  return host === undefined ? [] : exposeHost(stack, { host, service: `${argoCdNamespace}/argocd-server`, port: 80 });
}

function externalSecrets(stack: StackDeclaration, namespace: string): ChartOutput {
  return externalSecretsChart({ namespace, ...(runsSdkServer(stack) ? { bitwarden: { issuer: INTERNAL_CA } } : {}) });
}

/** Whether the store's SDK server is the one that the chart brings, and no server outside the cluster. */
export function runsSdkServer({ secretStore }: StackDeclaration): boolean {
  return secretStore !== undefined && isClusterName(urlHost(secretStore.server).host);
}

/** One issuer for hosts people open, and an internal authority for names inside the cluster. */
function issuers(
  stack: StackDeclaration,
  namespace: string,
  certManager: CertManagerInput<SecretStoreInput>,
): KubeObject[] {
  const name = publicIssuer(stack);
  const internal = internalCa({ name: INTERNAL_CA, namespace });
  if ("internalCa" in certManager) return internal;
  if ("ca" in certManager) return [...internal, clusterIssuer({ name, ca: certManager.ca })];
  const { email, zones, token } = certManager.acme;
  return [
    ...internal,
    externalSecret({ name: DNS_TOKEN, namespace, store: storeRef(stack), data: { token } }),
    clusterIssuer({ name, acme: { email, cloudflare: { apiToken: { name: DNS_TOKEN, key: "token" }, zones } } }),
  ];
}
