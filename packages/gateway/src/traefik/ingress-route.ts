import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { IngressRoute } from "@idstack/schemas/traefik.io/v1alpha1";
import { assertHost } from "../internal/assert-host.ts";

type Spec = IngressRoute["spec"];

/** Options of {@link ingressRoute}. */
export interface IngressRouteOptions extends NamespacedOptions {
  readonly host: string;
  /** A Service of the route's own namespace: Traefik refuses others unless `allowCrossNamespace` is on. */
  readonly service: { readonly name: string; readonly port: number; readonly scheme?: "http" | "https" };
  /** Only these paths. */
  readonly pathPrefix?: string;
  /** Middlewares of the route's own namespace, in the order they act. */
  readonly middlewares?: readonly string[];
  /** Secret with the certificate; left out, TLS uses the certificate that another route loads for the host. */
  readonly tlsSecret?: string;
  /** Default `["websecure"]`. */
  readonly entryPoints?: readonly string[];
  /** Higher wins; default the length of the rule. */
  readonly priority?: number;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A `traefik.io/v1alpha1` IngressRoute, over TLS only.
 *
 * @throws TypeError for a host with `*` (Traefik matches it literally), or a path that does not begin with `/`.
 * @example
 * ```ts
 * import { ingressRoute } from "@idstack/gateway";
 * ingressRoute({ name: "web", namespace: "apps", host: "web.home.arpa", service: { name: "web", port: 8080 }, tlsSecret: "web-tls" });
 * ```
 */
export function ingressRoute(options: IngressRouteOptions): IngressRoute {
  const { host, service, pathPrefix, middlewares = [], tlsSecret, entryPoints = ["websecure"], priority } = options;
  const what = `IngressRoute ${options.namespace}/${options.name}`;
  assertHost(host, what);
  if (host.includes("*"))
    throw new TypeError(`${what}: Host() takes no wildcards; write spec.routes with HostRegexp()`);
  if (pathPrefix !== undefined && !/^\/[^`\s]*$/.test(pathPrefix)) {
    throw new TypeError(`${what}: "${pathPrefix}" is not a path that begins with "/"`);
  }
  const match = `Host(\`${host}\`)${pathPrefix === undefined ? "" : ` && PathPrefix(\`${pathPrefix}\`)`}`;
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: metadata(options),
    spec: {
      entryPoints: [...entryPoints],
      routes: [
        {
          kind: "Rule",
          match,
          ...(priority !== undefined && { priority }),
          ...(middlewares.length > 0 && { middlewares: middlewares.map((name) => ({ name })) }),
          services: [{ ...service }],
        },
      ],
      tls: tlsSecret === undefined ? {} : { secretName: tlsSecret },
      ...options.spec,
    },
  };
}
