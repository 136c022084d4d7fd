import { assertLabel, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Middleware } from "@idstack/schemas/traefik.io/v1alpha1";

type ForwardAuth = NonNullable<Middleware["spec"]["forwardAuth"]>;

/** An Authentik proxy outpost in the cluster. */
export interface OutpostRef {
  /** Name of the outpost; its Service is `ak-outpost-<name>`, on port 9000. */
  readonly name: string;
  readonly namespace: string;
}

/** Port on which outposts answer in plain HTTP; Authentik's own Service has 80 instead. */
export const OUTPOST_PORT = 9000;

/** Path below which an outpost has its callback and sign-out pages. */
export const OUTPOST_PATH = "/outpost.goauthentik.io/";

/**
 * Headers about the user that an outpost sets, in place of any the client sent. Traefik replaces only those listed: one
 * that is missing here could be forged.
 */
export const AUTHENTIK_HEADERS: readonly string[] = [
  "X-authentik-username",
  "X-authentik-groups",
  "X-authentik-entitlements",
  "X-authentik-email",
  "X-authentik-name",
  "X-authentik-uid",
  "X-authentik-jwt",
  "X-authentik-meta-jwks",
  "X-authentik-meta-outpost",
  "X-authentik-meta-provider",
  "X-authentik-meta-app",
  "X-authentik-meta-version",
];

/** Name of an outpost's Service. */
export function outpostService({ name, namespace }: OutpostRef): string {
  assertLabel(namespace, "outpost.namespace");
  const service = `ak-outpost-${name}`;
  assertLabel(service, "outpost.name");
  return service;
}

/** Options of {@link forwardAuthMiddleware}. */
export interface ForwardAuthMiddlewareOptions extends NamespacedOptions {
  readonly outpost: OutpostRef;
  /** Headers passed on to the service; default {@link AUTHENTIK_HEADERS}. */
  readonly responseHeaders?: readonly string[];
  /** Fields of `forwardAuth` not modelled above, merged last. */
  readonly forwardAuth?: Partial<ForwardAuth>;
}

/**
 * A Traefik Middleware that asks an Authentik outpost before each request. Put it in the namespace of the route: Traefik
 * refuses middlewares of other namespaces unless `allowCrossNamespace` is on; the outpost may be anywhere.
 *
 * @example
 * ```ts
 * import { forwardAuthMiddleware } from "@idstack/gateway";
 * const outpost = { name: "proxy", namespace: "security" };
 * console.log(forwardAuthMiddleware({ name: "sso", namespace: "apps", outpost }).spec.forwardAuth?.address);
 * // http://ak-outpost-proxy.security.svc:9000/outpost.goauthentik.io/auth/traefik
 * ```
 */
export function forwardAuthMiddleware(options: ForwardAuthMiddlewareOptions): Middleware {
  const { outpost, responseHeaders = AUTHENTIK_HEADERS } = options;
  const host = `${outpostService(outpost)}.${outpost.namespace}.svc:${OUTPOST_PORT}`;
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "Middleware",
    metadata: metadata(options),
    spec: {
      forwardAuth: {
        address: `http://${host}${OUTPOST_PATH}auth/traefik`,
        // Traefik's entry points strip what clients send; these are Traefik's own X-Forwarded headers.
        trustForwardHeader: true,
        authResponseHeaders: [...responseHeaders],
        ...options.forwardAuth,
      },
    },
  };
}
