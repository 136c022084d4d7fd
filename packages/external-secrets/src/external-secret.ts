import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ExternalSecret } from "@idstack/schemas/external-secrets.io/v1";
import { isSecretRef, type SecretRef } from "./secret.ts";

type Spec = NonNullable<ExternalSecret["spec"]>;
type Target = NonNullable<Spec["target"]>;

/** A store by name: a ClusterSecretStore if only the name is given. */
export type StoreRef = string | { readonly kind: "SecretStore" | "ClusterSecretStore"; readonly name: string };

/** Options of {@link externalSecret}. */
export interface ExternalSecretOptions extends NamespacedOptions {
  readonly store: StoreRef;
  /** Key of the Secret → where its value comes from. */
  readonly data: { readonly [key: string]: SecretRef };
  /** Name of the Secret; default that of the ExternalSecret. */
  readonly secretName?: string;
  /** Type of the Secret, `"kubernetes.io/basic-auth"`; default Opaque. */
  readonly type?: string;
  /** Labels of the Secret. */
  readonly secretLabels?: { readonly [key: string]: string };
  /** How often the store is asked, default `"1h0m0s"`; `"0s"`: once. */
  readonly refreshInterval?: string;
  /** Default `"Owner"`: the Secret goes when the ExternalSecret goes. */
  readonly creationPolicy?: NonNullable<Target["creationPolicy"]>;
  /** What happens to the Secret when the store no longer has the value; default `"Retain"`. */
  readonly deletionPolicy?: NonNullable<Target["deletionPolicy"]>;
  /** Fields not modelled above, merged last. */
  readonly spec?: Partial<Spec>;
}

/**
 * An `external-secrets.io/v1` ExternalSecret: makes a Secret from values of a store, which are in no file.
 *
 * @throws TypeError without data, for an impossible key or interval, or a value that is not from `secret()`: a plain
 * string there is likely the secret itself.
 * @example
 * ```ts
 * import { externalSecret, secret } from "@idstack/external-secrets";
 * externalSecret({ name: "api", namespace: "apps", store: "bitwarden", data: { API_KEY: secret("api-key") } });
 * ```
 */
export function externalSecret(options: ExternalSecretOptions): ExternalSecret {
  const { store, refreshInterval = "1h0m0s", creationPolicy = "Owner", deletionPolicy = "Retain", type } = options;
  const what = `ExternalSecret ${options.namespace}/${options.name}`;
  if (!/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(refreshInterval)) {
    throw new TypeError(`${what}: refreshInterval "${refreshInterval}" is not a duration such as "1h0m0s"`);
  }
  const data = Object.entries(options.data).map(([key, value]) => dataItem(key, value, what));
  if (data.length === 0 && options.spec?.dataFrom === undefined) throw new TypeError(`${what}: no data`);
  const template = {
    ...(type !== undefined && { type }),
    ...(options.secretLabels && { metadata: { labels: { ...options.secretLabels } } }),
  };
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: metadata(options),
    spec: {
      refreshInterval,
      secretStoreRef: typeof store === "string" ? { kind: "ClusterSecretStore", name: store } : { ...store },
      target: {
        name: options.secretName ?? options.name,
        creationPolicy,
        deletionPolicy,
        ...(Object.keys(template).length > 0 && { template }),
      },
      ...(data.length > 0 && { data }),
      ...options.spec,
    },
  };
}

function dataItem(key: string, value: SecretRef, what: string): NonNullable<Spec["data"]>[number] {
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) throw new TypeError(`${what}: "${key}" is not a key of a Secret`);
  // Never print the value: whoever wrote text here may have written the secret.
  if (!isSecretRef(value)) throw new TypeError(`${what}: ${key} is not a reference made by secret("name")`);
  const { secret, property, version } = value;
  return {
    secretKey: key,
    remoteRef: { key: secret, ...(property !== undefined && { property }), ...(version !== undefined && { version }) },
  };
}
