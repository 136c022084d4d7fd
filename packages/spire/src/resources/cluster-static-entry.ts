import { defined, metadata } from "@idstack/manifests";
import type { ClusterStaticEntry } from "@idstack/schemas/spire.spiffe.io/v1alpha1";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import { lifetime, type NameOptions } from "../internal/resource-options.ts";

type Spec = ClusterStaticEntry["spec"];

/** Options of {@link clusterStaticEntry}. */
export interface ClusterStaticEntryOptions extends NameOptions {
  readonly spiffeId: string;
  /** ID of the agent (or of the downstream server) below which the workload runs. */
  readonly parentId: string;
  /** Properties the workload must have, all of them: `unix:uid:1000`, `k8s:ns:apps`. */
  readonly selectors: readonly string[];
  /** Lifetime of X.509-SVIDs; the server's default otherwise. */
  readonly ttl?: string | undefined;
  readonly jwtTtl?: string | undefined;
  readonly dnsNames?: readonly string[] | undefined;
  readonly federatesWith?: readonly string[] | undefined;
  readonly hint?: string | undefined;
  readonly spec?: Partial<Spec> | undefined;
}

/**
 * A ClusterStaticEntry: one registration entry, for a workload that is no pod of this cluster.
 *
 * Throws TypeError for selectors that are none and for a parent of another trust domain, SpiffeError for malformed IDs.
 *
 * @example
 * ```ts
 * import { clusterStaticEntry } from "@idstack/spire";
 * const entry = clusterStaticEntry({
 *   name: "nas", spiffeId: "spiffe://homelab.internal/nas", parentId: "spiffe://homelab.internal/spire/agent/nas",
 *   selectors: ["unix:uid:1000"],
 * });
 * console.log(entry.spec.selectors); // [ 'unix:uid:1000' ]
 * ```
 */
export function clusterStaticEntry(options: ClusterStaticEntryOptions): ClusterStaticEntry {
  const { name, selectors } = options;
  const id = SpiffeId.parse(options.spiffeId);
  const parent = SpiffeId.parse(options.parentId);
  if (!parent.memberOf(id.trustDomain)) {
    throw new TypeError(`clusterStaticEntry: ${name} has ID ${id} below ${parent} of another trust domain`);
  }
  if (selectors.length === 0)
    throw new TypeError(`clusterStaticEntry: ${name} has no selectors, so it matches nothing`);
  const wrong = selectors.find((selector) => !/^[^:\s]+:.+$/.test(selector));
  if (wrong !== undefined) throw new TypeError(`clusterStaticEntry: selector "${wrong}" of ${name} is not type:value`);
  return {
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ClusterStaticEntry",
    metadata: metadata(options),
    spec: {
      ...defined({
        className: options.className,
        spiffeID: id.toString(),
        parentID: parent.toString(),
        selectors: [...selectors],
        x509SVIDTTL: lifetime("clusterStaticEntry", "ttl", options.ttl),
        jwtSVIDTTL: lifetime("clusterStaticEntry", "jwtTtl", options.jwtTtl),
        dnsNames: options.dnsNames && [...options.dnsNames],
        federatesWith: options.federatesWith?.map((domain) => TrustDomain.parse(domain).name),
        hint: options.hint,
      }),
      ...options.spec,
    },
  };
}
