import type { VirtualEndpoint } from "@idstack/manifests";

/** Options of {@link outpostAddress}. */
export interface OutpostAddressOptions {
  /** Name of a managed outpost; left out, the embedded one. */
  readonly outpost?: string | undefined;
  /** Namespace of its Service. */
  readonly namespace: string;
}

/** Where a reverse proxy finds an outpost. */
export interface OutpostAddress {
  /** Its Service. */
  readonly service: { readonly name: string; readonly namespace: string; readonly port: 9000 };
  /** `http://ak-outpost-traefik.security.svc.cluster.local:9000` */
  readonly url: string;
  /** Address for Traefik's ForwardAuth. */
  readonly traefik: string;
  /** Every path below goes to the outpost without authentication: sign-in, callback, sign-out. */
  readonly pathPrefix: "/outpost.goauthentik.io/";
}

/** Response headers of the outpost that a proxy passes on to the application. */
export const AUTH_RESPONSE_HEADERS: readonly string[] = [
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

const EMBEDDED_SLUG = "authentik-embedded-outpost";

/**
 * The Service of an outpost and the address Traefik's ForwardAuth needs.
 *
 * Outposts listen on 9000; 80 is the port of the chart's own Service in front of the server. Names follow the outpost
 * default `ak-outpost-%(name)s`.
 *
 * @example
 * ```ts
 * import { outpostAddress } from "@idstack/authentik";
 * console.log(outpostAddress({ outpost: "traefik", namespace: "security" }).traefik);
 * // http://ak-outpost-traefik.security.svc.cluster.local:9000/outpost.goauthentik.io/auth/traefik
 * ```
 */
export function outpostAddress({ outpost, namespace }: OutpostAddressOptions): OutpostAddress {
  const name = `ak-outpost-${outpost === undefined ? EMBEDDED_SLUG : slugOf(outpost)}`;
  const url = `http://${name}.${namespace}.svc.cluster.local:9000`;
  return {
    service: { name, namespace, port: 9000 },
    url,
    traefik: `${url}/outpost.goauthentik.io/auth/traefik`,
    pathPrefix: "/outpost.goauthentik.io/",
  };
}

/**
 * The pods of a managed outpost, which Authentik's worker creates. The embedded outpost has none: the server runs it.
 *
 * @example
 * ```ts
 * import { outpostEndpoint } from "@idstack/authentik";
 * console.log(outpostEndpoint({ outpost: "traefik", namespace: "security" }).name); // ak-outpost-traefik
 * ```
 */
export function outpostEndpoint(options: {
  readonly outpost: string;
  readonly namespace: string;
  readonly version?: string | undefined;
}): VirtualEndpoint {
  const { outpost, namespace, version = "2026.8" } = options;
  return {
    namespace,
    name: `ak-outpost-${slugOf(outpost)}`,
    labels: {
      "app.kubernetes.io/name": "authentik-outpost-proxy",
      "app.kubernetes.io/managed-by": "goauthentik.io",
      "goauthentik.io/outpost-name": slugOf(outpost),
      "goauthentik.io/outpost-type": "proxy",
    },
    ports: [
      { name: "http", port: 9000, protocol: "TCP" },
      { name: "https", port: 9443, protocol: "TCP" },
      { name: "http-metrics", port: 9300, protocol: "TCP" },
    ],
    source: `authentik ${version}`,
  };
}

/** Authentik names objects after the slug of the outpost's name. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_\s-]/g, "")
    .replace(/[\s-]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "");
}
