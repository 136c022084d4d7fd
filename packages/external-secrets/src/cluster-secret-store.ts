import { assertLabel, metadata, type ObjectOptions } from "@idstack/manifests";
import type { ClusterSecretStore } from "@idstack/schemas/external-secrets.io/v1";
import type { BitwardenStore } from "./bitwarden.ts";
import { bitwardenProvider } from "./internal/bitwarden-provider.ts";

type Spec = NonNullable<ClusterSecretStore["spec"]>;

/** Options of {@link clusterSecretStore}. */
export interface ClusterSecretStoreOptions extends ObjectOptions {
  readonly provider: BitwardenStore;
  /** Namespaces whose ExternalSecrets may use it; default every namespace. */
  readonly namespaces?: readonly string[];
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * An `external-secrets.io/v1` ClusterSecretStore.
 *
 * @throws TypeError for an empty list of namespaces, which would admit every one of them.
 * @example
 * ```ts
 * import { bitwarden, clusterSecretStore } from "@idstack/external-secrets";
 * const provider = bitwarden({ organization: "3f0c…", project: "91ab…" });
 * clusterSecretStore({ name: "bitwarden", provider, namespaces: ["apps"] });
 * ```
 */
export function clusterSecretStore(options: ClusterSecretStoreOptions): ClusterSecretStore {
  const { provider, namespaces, spec } = options;
  if (namespaces?.length === 0) throw new TypeError(`ClusterSecretStore ${options.name}: no namespaces`);
  for (const name of namespaces ?? []) assertLabel(name, `ClusterSecretStore ${options.name}: namespaces`);
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: metadata(options),
    spec: {
      provider: bitwardenProvider(provider),
      ...(namespaces && { conditions: [{ namespaces: [...namespaces] }] }),
      ...spec,
    },
  };
}
