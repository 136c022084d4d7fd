import { assertLabel, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Service, ServicePort } from "@idstack/schemas/v1";

type Spec = NonNullable<Service["spec"]>;

/** Options of {@link service}. */
export interface ServiceOptions extends NamespacedOptions {
  /** Port that callers use, or several by name. */
  readonly port: number | { readonly [name: string]: number };
  /** Port that the container listens on, where it differs; network policies are about this one. */
  readonly targetPort?: number;
  /** Default `app.kubernetes.io/name: <name>`. */
  readonly selector?: { readonly [key: string]: string };
  /** `appProtocol` of a single port, `"https"`, so that gateways know. */
  readonly appProtocol?: string;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A Service for the pods labelled `app.kubernetes.io/name: <name>`.
 *
 * @throws TypeError for an empty selector, which would need hand-made endpoints, and for `targetPort` with several ports.
 * @example
 * ```ts
 * import { service } from "@idstack/cluster";
 * console.log(service({ name: "api", namespace: "apps", port: 8443 }).spec?.ports);
 * ```
 */
export function service(options: ServiceOptions): Service {
  const { name, port, targetPort, appProtocol, selector = { "app.kubernetes.io/name": name } } = options;
  assertLabel(name, "name");
  const what = `Service ${options.namespace}/${name}`;
  if (Object.keys(selector).length === 0) throw new TypeError(`${what}: an empty selector selects no pods`);
  const several = typeof port === "object";
  if (several && (targetPort !== undefined || appProtocol !== undefined)) {
    throw new TypeError(`${what}: give targetPort and appProtocol of several ports in spec.ports`);
  }
  const ports: ServicePort[] = several
    ? Object.entries(port).map(([key, value]) => ({ name: key, port: value, targetPort: value, protocol: "TCP" }))
    : [{ name: "main", port, targetPort: targetPort ?? port, protocol: "TCP", ...(appProtocol && { appProtocol }) }];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata({ ...options, labels: { "app.kubernetes.io/name": name, ...options.labels } }),
    spec: { selector: { ...selector }, ports, ...options.spec },
  };
}
