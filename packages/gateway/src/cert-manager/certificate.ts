import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Certificate } from "@idstack/schemas/cert-manager.io/v1";
import { assertHost } from "../internal/assert-host.ts";
import { type IssuerRef, issuerRef } from "./issuer-ref.ts";

type Spec = NonNullable<Certificate["spec"]>;

/** Options of {@link certificate}. */
export interface CertificateOptions extends NamespacedOptions {
  readonly dnsNames: readonly string[];
  readonly issuer: IssuerRef;
  /** Secret that holds key and certificate; default `<name>-tls`. */
  readonly secretName?: string;
  /** Lifetime asked for, `"2160h"`; default the issuer's. Renewal is at two thirds of it. */
  readonly duration?: string;
  /** Renew this long before the end, `"720h"`, instead. */
  readonly renewBefore?: string;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * A `cert-manager.io/v1` Certificate with a P-256 key that is made anew at every renewal.
 *
 * @throws TypeError without a name, or for one that is no host name.
 * @example
 * ```ts
 * import { certificate } from "@idstack/gateway";
 * certificate({ name: "web", namespace: "apps", dnsNames: ["web.home.arpa"], issuer: "internal-ca" });
 * ```
 */
export function certificate(options: CertificateOptions): Certificate {
  const { dnsNames, issuer, secretName = `${options.name}-tls`, duration, renewBefore } = options;
  const what = `Certificate ${options.namespace}/${options.name}`;
  if (dnsNames.length === 0) throw new TypeError(`${what}: no dnsNames`);
  for (const name of dnsNames) assertHost(name, what);
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: metadata(options),
    spec: {
      secretName,
      dnsNames: [...dnsNames],
      issuerRef: issuerRef(issuer),
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      ...defined({ duration, renewBefore }),
      ...options.spec,
    },
  };
}
