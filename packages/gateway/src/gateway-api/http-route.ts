import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { HTTPRoute } from "@idstack/schemas/gateway.networking.k8s.io/v1";
import { assertHost } from "../internal/assert-host.ts";
import { assertService, type ServiceRef } from "../service-ref.ts";
import type { GatewayRef } from "./gateway-ref.ts";

/** Options of {@link httpRoute}. */
export interface HttpRouteOptions extends NamespacedOptions {
  readonly hostnames: readonly string[];
  /** Its listener must let routes of this namespace in (`allowedRoutes`). */
  readonly gateway: GatewayRef;
  /** In another namespace it needs a `referenceGrant` there; `expose` writes one. */
  readonly service: ServiceRef;
  /** Default `"/"`: every path. */
  readonly pathPrefix?: string;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<HTTPRoute["spec"]>;
}

/**
 * A `gateway.networking.k8s.io/v1` HTTPRoute from hosts of a Gateway to a Service.
 *
 * @throws TypeError without hosts: such a route takes every host of the Gateway.
 * @example
 * ```ts
 * import { httpRoute } from "@idstack/gateway";
 * httpRoute({
 *   name: "web",
 *   namespace: "apps",
 *   hostnames: ["web.home.arpa"],
 *   gateway: { name: "home", namespace: "gateway" },
 *   service: { name: "web", namespace: "apps", port: 8080 },
 * });
 * ```
 */
export function httpRoute(options: HttpRouteOptions): HTTPRoute {
  const { namespace, hostnames, gateway, service, pathPrefix = "/" } = options;
  const what = `HTTPRoute ${namespace}/${options.name}`;
  if (hostnames.length === 0) throw new TypeError(`${what}: no hostnames would take every host of the Gateway`);
  for (const host of hostnames) assertHost(host, what);
  if (!pathPrefix.startsWith("/")) throw new TypeError(`${what}: "${pathPrefix}" does not begin with "/"`);
  assertService(service, what);
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadata(options),
    spec: {
      parentRefs: [{ ...gateway }],
      hostnames: [...hostnames],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: pathPrefix } }],
          backendRefs: [
            {
              name: service.name,
              port: service.port,
              ...(service.namespace !== namespace && { namespace: service.namespace }),
            },
          ],
        },
      ],
      ...options.spec,
    },
  };
}
