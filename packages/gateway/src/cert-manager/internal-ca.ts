import { metadata } from "@idstack/manifests";
import type { Certificate, ClusterIssuer } from "@idstack/schemas/cert-manager.io/v1";
import { assertHost } from "../internal/assert-host.ts";
import { clusterIssuer } from "./cluster-issuer.ts";
import { issuerRef } from "./issuer-ref.ts";

/** Options of {@link internalCa}. */
export interface InternalCaOptions {
  /** Name of the ClusterIssuer that other certificates use; default `"internal-ca"`. */
  readonly name?: string;
  /** cert-manager's namespace: cluster-wide issuers read their Secrets there. Default `"cert-manager"`. */
  readonly namespace?: string;
  /** Common name of the authority; default the name. */
  readonly commonName?: string;
  /** Lifetime of the authority's certificate; default ten years, as devices have to be told of every new one. */
  readonly duration?: string;
  /** Domains it may vouch for, written into the certificate, `["home.arpa"]`; default any. */
  readonly domains?: readonly string[];
}

/**
 * A certificate authority of your own: a self-signed issuer, the authority's certificate, and the ClusterIssuer to use.
 * For names that no public authority vouches for: `home.arpa`, Services of the cluster.
 *
 * @example
 * ```ts
 * import { internalCa } from "@idstack/gateway";
 * console.log(internalCa().map(({ kind, metadata }) => `${kind} ${metadata?.name}`));
 * ```
 */
export function internalCa(options: InternalCaOptions = {}): (ClusterIssuer | Certificate)[] {
  const { name = "internal-ca", namespace = "cert-manager", commonName = name, duration = "87600h", domains } = options;
  for (const domain of domains ?? []) assertHost(domain, "internalCa: domains");
  const root = `${name}-root`;
  const secretName = `${root}-tls`;
  const authority: Certificate = {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: metadata({ name: root, namespace }),
    spec: {
      secretName,
      isCA: true,
      commonName,
      duration,
      usages: ["cert sign", "crl sign"],
      issuerRef: issuerRef(root),
      // A new key would be a new authority: every device that trusts the old one would have to learn it.
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
      ...(domains && { nameConstraints: { critical: true, permitted: { dnsDomains: [...domains] } } }),
    },
  };
  return [clusterIssuer({ name: root, selfSigned: true }), authority, clusterIssuer({ name, ca: { secretName } })];
}
