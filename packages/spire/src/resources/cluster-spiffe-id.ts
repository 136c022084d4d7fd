import { defined, metadata } from "@idstack/manifests";
import type { ClusterSPIFFEID } from "@idstack/schemas/spire.spiffe.io/v1alpha1";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import { lifetime, type NameOptions } from "../internal/resource-options.ts";

type Spec = ClusterSPIFFEID["spec"];
type Selector = NonNullable<Spec["podSelector"]>;

/** The usual identity of a pod: its namespace and service account. */
export const DEFAULT_SPIFFE_ID_TEMPLATE =
  "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}";

/** Options of {@link clusterSpiffeId}. */
export interface ClusterSpiffeIdOptions extends NameOptions {
  /** Go template of the ID; {@link DEFAULT_SPIFFE_ID_TEMPLATE} by default. */
  readonly template?: string | undefined;
  /** Namespaces by name, or a label selector over namespaces. */
  readonly namespaces?: readonly string[] | Selector | undefined;
  /** Labels of the pods, or a label selector. */
  readonly pods?: Readonly<Record<string, string>> | { readonly selector: Selector } | undefined;
  /** Give every pod of the cluster this identity; needed when neither namespaces nor pods are given. */
  readonly everyPod?: boolean | undefined;
  /** Lifetime of X.509-SVIDs; the server's default otherwise. */
  readonly ttl?: string | undefined;
  /** Lifetime of JWT-SVIDs. */
  readonly jwtTtl?: string | undefined;
  /** Templates of DNS names in the certificate. */
  readonly dnsNames?: readonly string[] | undefined;
  /** Trust domains whose bundles the workload gets as well. */
  readonly federatesWith?: readonly string[] | undefined;
  readonly hint?: string | undefined;
  readonly spec?: Partial<Spec> | undefined;
}

/**
 * A ClusterSPIFFEID: which pods get an identity, and which.
 *
 * Throws TypeError when it would select every pod without saying so and for malformed lifetimes, SpiffeError when the
 * template cannot give a valid ID.
 *
 * @example
 * ```ts
 * import { clusterSpiffeId } from "@idstack/spire";
 * const object = clusterSpiffeId({ name: "apps-web", namespaces: ["apps"], pods: { "app.kubernetes.io/name": "web" } });
 * console.log(object.spec.podSelector?.matchLabels); // { 'app.kubernetes.io/name': 'web' }
 * ```
 */
export function clusterSpiffeId(options: ClusterSpiffeIdOptions): ClusterSPIFFEID {
  const { name, namespaces, pods, template = DEFAULT_SPIFFE_ID_TEMPLATE } = options;
  const namespaceSelector = namespaces && selectNamespaces(name, namespaces);
  const podSelector = pods && selectPods(pods);
  if (isEmpty(namespaceSelector) && isEmpty(podSelector) && options.everyPod !== true) {
    throw new TypeError(`clusterSpiffeId: ${name} selects every pod of the cluster; give namespaces, pods or everyPod`);
  }
  // Whatever the template's actions give, they stand for characters of an ID.
  SpiffeId.parse(template.replace(/\{\{[^}]*\}\}/g, "x"));
  return {
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ClusterSPIFFEID",
    metadata: metadata(options),
    spec: {
      ...defined({
        className: options.className,
        spiffeIDTemplate: template,
        namespaceSelector,
        podSelector,
        ttl: lifetime("clusterSpiffeId", "ttl", options.ttl),
        jwtTtl: lifetime("clusterSpiffeId", "jwtTtl", options.jwtTtl),
        dnsNameTemplates: options.dnsNames && [...options.dnsNames],
        federatesWith: options.federatesWith?.map((domain) => TrustDomain.parse(domain).name),
        hint: options.hint,
      }),
      ...options.spec,
    },
  };
}

function selectNamespaces(name: string, namespaces: readonly string[] | Selector): Selector {
  if (!isNames(namespaces)) return namespaces;
  if (namespaces.length === 0)
    throw new TypeError(`clusterSpiffeId: namespaces of ${name} is empty, so it selects nothing`);
  const values = [...namespaces];
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values }] };
}

function selectPods(pods: NonNullable<ClusterSpiffeIdOptions["pods"]>): Selector {
  const { selector } = pods;
  return typeof selector === "object" ? selector : { matchLabels: { ...(pods as Record<string, string>) } };
}

function isNames(value: readonly string[] | Selector): value is readonly string[] {
  return Array.isArray(value);
}

function isEmpty(selector: Selector | undefined): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}
