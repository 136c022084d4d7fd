export type { ChartOutput, ChartRelease, NamespacedOptions, ObjectOptions } from "@idstack/manifests";
export { type CertificateOptions, certificate } from "./cert-manager/certificate.ts";
export { type AcmeOptions, type ClusterIssuerOptions, clusterIssuer } from "./cert-manager/cluster-issuer.ts";
export { type InternalCaOptions, internalCa } from "./cert-manager/internal-ca.ts";
export type { IssuerRef } from "./cert-manager/issuer-ref.ts";
export {
  CERT_MANAGER_CHART_VERSION,
  type CertManagerChartOptions,
  certManagerChart,
} from "./chart/cert-manager-chart.ts";
export { TRAEFIK_CHART_VERSION, TRAEFIK_PORTS, type TraefikChartOptions, traefikChart } from "./chart/traefik-chart.ts";
export { type ExposeObject, type ExposeOptions, expose } from "./expose.ts";
export type { GatewayRef } from "./gateway-api/gateway-ref.ts";
export { type HttpRouteOptions, httpRoute } from "./gateway-api/http-route.ts";
export { type ReferenceGrantOptions, referenceGrant } from "./gateway-api/reference-grant.ts";
export type { ServiceRef } from "./service-ref.ts";
export {
  AUTHENTIK_HEADERS,
  type ForwardAuthMiddlewareOptions,
  forwardAuthMiddleware,
  OUTPOST_PATH,
  OUTPOST_PORT,
  type OutpostRef,
  outpostService,
} from "./traefik/forward-auth-middleware.ts";
export { type IngressRouteOptions, ingressRoute } from "./traefik/ingress-route.ts";
