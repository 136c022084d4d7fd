import { metadata } from "@idstack/manifests";
import type { Certificate } from "@idstack/schemas/cert-manager.io/v1";
import { BITWARDEN_DEFAULTS } from "./bitwarden.ts";

/** Options of {@link bitwardenServerCertificate}. */
export interface BitwardenServerCertificateOptions {
  /** Issuer with a private authority; a public one gives no certificates for names in the cluster. */
  readonly issuer: string | { readonly kind: "Issuer" | "ClusterIssuer"; readonly name: string };
  /** Where the SDK server runs; default `external-secrets`. */
  readonly namespace?: string;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<NonNullable<Certificate["spec"]>>;
}

/**
 * The certificate the Bitwarden SDK server needs: the Secret `bitwarden-tls-certs`, from which the server takes its key
 * and whose `ca.crt` the store trusts. A string as issuer is a ClusterIssuer.
 *
 * @example
 * ```ts
 * import { bitwardenServerCertificate } from "@idstack/external-secrets";
 * console.log(bitwardenServerCertificate({ issuer: "internal-ca" }).spec?.dnsNames?.[0]);
 * ```
 */
export function bitwardenServerCertificate(options: BitwardenServerCertificateOptions): Certificate {
  const { issuer, namespace = BITWARDEN_DEFAULTS.namespace, spec } = options;
  const service = "bitwarden-sdk-server";
  const ref = typeof issuer === "string" ? ({ kind: "ClusterIssuer", name: issuer } as const) : issuer;
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: metadata({ name: BITWARDEN_DEFAULTS.ca.name, namespace }),
    spec: {
      secretName: BITWARDEN_DEFAULTS.ca.name,
      dnsNames: [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`],
      issuerRef: { group: "cert-manager.io", ...ref },
      // RSA in PKCS8, the form of key that nearly every TLS library reads.
      privateKey: { algorithm: "RSA", encoding: "PKCS8", size: 2048, rotationPolicy: "Always" },
      ...spec,
    },
  };
}
