import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ServiceAccount } from "@idstack/schemas/v1";

/** Options of {@link serviceAccount}. */
export interface ServiceAccountOptions extends NamespacedOptions {
  /** Whether pods get an API token without asking; default false. */
  readonly automountToken?: boolean;
}

/**
 * A ServiceAccount that hands out no API token: a pod that talks to the API server asks for one in its own spec.
 *
 * @example
 * ```ts
 * import { serviceAccount } from "@idstack/cluster";
 * console.log(serviceAccount({ name: "web", namespace: "apps" }).automountServiceAccountToken); // false
 * ```
 */
export function serviceAccount(options: ServiceAccountOptions): ServiceAccount {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadata(options),
    automountServiceAccountToken: options.automountToken ?? false,
  };
}
