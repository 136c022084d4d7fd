import type { Certificate } from "@idstack/schemas/cert-manager.io/v1";
import type { HTTPRoute, ReferenceGrant } from "@idstack/schemas/gateway.networking.k8s.io/v1";
import type { IngressRoute, Middleware } from "@idstack/schemas/traefik.io/v1alpha1";
import { certificate } from "./cert-manager/certificate.ts";
import type { IssuerRef } from "./cert-manager/issuer-ref.ts";
import type { GatewayRef } from "./gateway-api/gateway-ref.ts";
import { httpRoute } from "./gateway-api/http-route.ts";
import { referenceGrant } from "./gateway-api/reference-grant.ts";
import { assertHost } from "./internal/assert-host.ts";
import { assertService } from "./service-ref.ts";
import {
  forwardAuthMiddleware,
  OUTPOST_PATH,
  OUTPOST_PORT,
  type OutpostRef,
  outpostService,
} from "./traefik/forward-auth-middleware.ts";
import { ingressRoute } from "./traefik/ingress-route.ts";

interface ExposeCommon {
  /** `web.home.arpa` */
  readonly host: string;
  /** `"apps/web"`: namespace and name of the Service. */
  readonly service: `${string}/${string}`;
  /** Port of the Service. */
  readonly port: number;
  /** Who signs the certificate: the name of a ClusterIssuer, or an issuer by kind and name. */
  readonly issuer: IssuerRef;
  /** Base of the object names; default the name of the Service. Needed for its second host. */
  readonly name?: string;
}

/** Options of {@link expose}. */
export type ExposeOptions =
  | (ExposeCommon & {
      readonly via: "traefik";
      /** Asks this Authentik outpost before each request. */
      readonly sso?: OutpostRef;
      /** How Traefik speaks to the service; default `"http"`. */
      readonly scheme?: "http" | "https";
    })
  | (ExposeCommon & {
      readonly via: "gateway";
      readonly gateway: GatewayRef;
      /** Namespace of the route, where routes are kept apart; default that of the Service. */
      readonly namespace?: string;
    });

/** What {@link expose} makes. */
export type ExposeObject = Certificate | HTTPRoute | ReferenceGrant | IngressRoute | Middleware;

/**
 * A service under a host name with a certificate: route, Certificate, and what joins them. Nothing refers across
 * namespaces where the proxy would refuse or ignore it.
 *
 * With Traefik: Certificate and IngressRoute in the Service's namespace; for single sign-on also the Middleware there,
 * and in the outpost's namespace a route for the outpost's callback on the same host.
 *
 * With the Gateway API: the Certificate is in the Gateway's namespace, and its Secret (`<name>-tls`) has to be named by
 * a listener for the host (`tls.certificateRefs`). Single sign-on is not offered there: the standard channel has no
 * authentication filter.
 *
 * @throws TypeError for a host, Service or port that cannot be.
 * @example
 * ```ts
 * import { expose } from "@idstack/gateway";
 * const objects = expose({
 *   host: "web.home.arpa",
 *   service: "apps/web",
 *   port: 8080,
 *   via: "traefik",
 *   issuer: "internal-ca",
 *   sso: { name: "proxy", namespace: "security" },
 * });
 * console.log(objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}/${metadata?.name}`));
 * ```
 */
export function expose(options: ExposeOptions): ExposeObject[] {
  const [namespace = "", serviceName = "", ...rest] = options.service.split("/");
  if (rest.length > 0) throw new TypeError(`expose: "${options.service}" is not "namespace/name"`);
  const service = { namespace, name: serviceName, port: options.port };
  assertService(service, "expose");
  assertHost(options.host, "expose");
  const name = options.name ?? serviceName;
  const { host, issuer } = options;
  if (options.via === "traefik") {
    const head = { name, namespace };
    const { sso, scheme } = options;
    const target = { name: serviceName, port: options.port, ...(scheme && { scheme }) };
    const middleware = sso && forwardAuthMiddleware({ name: `${name}-sso`, namespace, outpost: sso });
    return [
      certificate({ ...head, dnsNames: [host], issuer }),
      ...(middleware ? [middleware] : []),
      ingressRoute({
        ...head,
        host,
        service: target,
        tlsSecret: `${name}-tls`,
        ...(middleware && { middlewares: [`${name}-sso`] }),
      }),
      ...(sso ? [outpostCallback(`${namespace}-${name}-sso`, host, sso)] : []),
    ];
  }
  const { gateway, namespace: routeNamespace = namespace } = options;
  return [
    certificate({ name, namespace: gateway.namespace, dnsNames: [host], issuer }),
    httpRoute({ name, namespace: routeNamespace, hostnames: [host], gateway, service }),
    ...(routeNamespace === namespace
      ? []
      : [
          referenceGrant({
            name: `${name}-from-${routeNamespace}`,
            namespace,
            from: { kind: "HTTPRoute", namespace: routeNamespace },
            to: { kind: "Service", name: serviceName },
          }),
        ]),
  ];
}

/**
 * The outpost's own pages on the application's host. In the outpost's namespace, because a route may only lead to
 * Services of its own; its TLS is the certificate that the main route loads for the same host.
 */
function outpostCallback(name: string, host: string, outpost: OutpostRef): IngressRoute {
  return ingressRoute({
    name,
    namespace: outpost.namespace,
    host,
    pathPrefix: OUTPOST_PATH,
    service: { name: outpostService(outpost), port: OUTPOST_PORT },
    // Above every main route, whose default priority is the length of its rule (a host has at most 253 characters).
    priority: 1000,
  });
}
