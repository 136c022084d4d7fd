import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { SecretStore } from "@idstack/schemas/external-secrets.io/v1";
import type { BitwardenStore } from "./bitwarden.ts";
import { bitwardenProvider } from "./internal/bitwarden-provider.ts";

/** Options of {@link secretStore}. */
export interface SecretStoreOptions extends NamespacedOptions {
  readonly provider: BitwardenStore;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<NonNullable<SecretStore["spec"]>>;
}

/**
 * An `external-secrets.io/v1` SecretStore: for the ExternalSecrets of one namespace.
 *
 * @throws TypeError when the credentials or the certificate authority are in another namespace.
 * @example
 * ```ts
 * import { bitwarden, secretStore } from "@idstack/external-secrets";
 * const here = { namespace: "apps" };
 * const provider = bitwarden({ organization: "3f0c…", project: "91ab…", credentials: here, ca: here });
 * secretStore({ name: "bitwarden", namespace: "apps", provider });
 * ```
 */
export function secretStore(options: SecretStoreOptions): SecretStore {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: metadata(options),
    spec: { provider: bitwardenProvider(options.provider, options.namespace), ...options.spec },
  };
}
