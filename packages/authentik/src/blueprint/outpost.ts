import type { BlueprintEntry } from "./entry.ts";
import { type BlueprintValue, find, keyOf } from "./tags.ts";

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
 * The entry of an outpost that serves these providers, and no others.
 *
 * Authentik's worker creates its Deployment and Service but no Ingress and no Middleware: routes are declared with the
 * rest of the cluster. Throws TypeError when `host` is not a full URL.
 */
export function outpostEntry(options: OutpostOptions, providerIds: readonly string[]): BlueprintEntry {
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
  const providers = providerIds.map(keyOf);
  if (name === undefined) {
    return {
      model: "authentik_outposts.outpost",
      id: "outpost",
      identifiers: { managed: EMBEDDED },
      attrs: { providers, config },
    };
  }
  return {
    model: "authentik_outposts.outpost",
    id: "outpost",
    identifiers: { name },
    attrs: {
      type: "proxy",
      // The worker registers the cluster it runs in under this flag at its first start.
      service_connection: find("authentik_outposts.kubernetesserviceconnection", { local: true }),
      providers,
      config,
    },
  };
}
