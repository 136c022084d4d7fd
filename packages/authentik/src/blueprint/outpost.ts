import type { BlueprintEntry } from "./entry.ts";
import { type BlueprintValue, keyOf } from "./tags.ts";

/** Options of an outpost. */
export interface OutpostOptions {
  /** Name of an outpost that Authentik deploys into the cluster; left out, the embedded one, which the server runs. */
  readonly name?: string | undefined;
  /** Full URL of Authentik as browsers see it, `https://auth.home.arpa`. */
  readonly host: string;
  /** Namespace for its Deployment and Service. */
  readonly namespace: string;
  /** Replicas of its Deployment; 1 by default. */
  readonly replicas?: number | undefined;
  /** Keys of the outpost's configuration that these options do not model, merged last. */
  readonly config?: Readonly<Record<string, BlueprintValue>> | undefined;
}

/** Identifies the outpost that the server runs itself. */
const EMBEDDED = "goauthentik.io/outposts/embedded";

/**
 * The connection to the cluster Authentik runs in, as its worker would make it. An entry of its own, because a `!Find`
 * would be saved as null when the blueprint is faster than the worker, and the outpost would never get its Service.
 */
const CONNECTION: BlueprintEntry = {
  model: "authentik_outposts.kubernetesserviceconnection",
  id: "cluster",
  identifiers: { local: true },
  attrs: { name: "Local Kubernetes Cluster" },
};

/**
 * The entries of an outpost that serves these providers and no others: the connection to the cluster, and the outpost.
 *
 * Authentik's worker creates its Deployment (for the embedded one only the Service) but no Ingress and no Middleware:
 * routes are declared with the rest of the cluster. Throws TypeError when `host` is not a full URL.
 *
 * @example
 * ```ts
 * import { outpostEntries } from "@idstack/authentik";
 * const entries = outpostEntries({ host: "https://auth.home.arpa", namespace: "security" }, ["provider-web"]);
 * console.log(entries.map((entry) => entry.id)); // [ 'cluster', 'outpost' ]
 * ```
 */
export function outpostEntries(options: OutpostOptions, providerIds: readonly string[]): BlueprintEntry[] {
  const { name, host, namespace, replicas = 1 } = options;
  if (!/^https?:\/\/[^/]/.test(host)) {
    throw new TypeError(`outpost: host "${host}" is not a full URL such as https://auth.home.arpa`);
  }
  const config = {
    authentik_host: host,
    kubernetes_namespace: namespace,
    ...(name === undefined ? {} : { object_naming_template: "ak-outpost-%(name)s", kubernetes_replicas: replicas }),
    kubernetes_disabled_components: ["ingress", "httproute", "traefik middleware"],
    ...options.config,
  };
  return [
    CONNECTION,
    {
      model: "authentik_outposts.outpost",
      id: "outpost",
      identifiers: name === undefined ? { managed: EMBEDDED } : { name },
      attrs: { type: "proxy", service_connection: keyOf("cluster"), providers: providerIds.map(keyOf), config },
    },
  ];
}
