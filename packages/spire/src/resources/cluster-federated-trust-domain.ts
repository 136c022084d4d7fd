import { defined, metadata } from "@idstack/manifests";
import type { ClusterFederatedTrustDomain } from "@idstack/schemas/spire.spiffe.io/v1alpha1";
import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import type { NameOptions } from "../internal/resource-options.ts";

type Spec = ClusterFederatedTrustDomain["spec"];

/** Options of {@link clusterFederatedTrustDomain}. */
export interface ClusterFederatedTrustDomainOptions extends NameOptions {
  /** The other trust domain, `other.example`. */
  readonly trustDomain: string;
  /** HTTPS URL of its bundle endpoint. */
  readonly url: string;
  /** SPIFFE ID its endpoint presents; without it, web PKI vouches for the endpoint. */
  readonly endpointSpiffeId?: string | undefined;
  /** Its bundle as JSON, to start from; needed once when the endpoint presents a SPIFFE ID of its own trust domain. */
  readonly bundle?: string | undefined;
  readonly spec?: Partial<Spec> | undefined;
}

/**
 * A ClusterFederatedTrustDomain: another trust domain whose workloads ours may verify.
 *
 * Throws TypeError for a URL that is not HTTPS, SpiffeError for a malformed trust domain or ID.
 *
 * @example
 * ```ts
 * import { clusterFederatedTrustDomain } from "@idstack/spire";
 * const object = clusterFederatedTrustDomain({
 *   name: "other", trustDomain: "other.example", url: "https://bundle.other.example:8443",
 *   endpointSpiffeId: "spiffe://other.example/spire/server",
 * });
 * console.log(object.spec.bundleEndpointProfile.type); // https_spiffe
 * ```
 */
export function clusterFederatedTrustDomain(options: ClusterFederatedTrustDomainOptions): ClusterFederatedTrustDomain {
  const { url, endpointSpiffeId } = options;
  if (!/^https:\/\/[^/]/.test(url)) {
    throw new TypeError(`clusterFederatedTrustDomain: url "${url}" is not an HTTPS URL`);
  }
  return {
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ClusterFederatedTrustDomain",
    metadata: metadata(options),
    spec: {
      ...defined({
        className: options.className,
        trustDomain: TrustDomain.parse(options.trustDomain).name,
        bundleEndpointURL: url,
        bundleEndpointProfile:
          endpointSpiffeId === undefined
            ? { type: "https_web" as const }
            : { type: "https_spiffe" as const, endpointSPIFFEID: SpiffeId.parse(endpointSpiffeId).toString() },
        trustDomainBundle: options.bundle,
      }),
      ...options.spec,
    },
  };
}
