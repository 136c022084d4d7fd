import {
  type ChartOutput,
  defined,
  type KubeObject,
  metadata,
  type NamespacedOptions,
  type VirtualEndpoint,
} from "@idstack/manifests";
import type { Decryptor } from "./decryptor.ts";
import type { SopsRule } from "./sops-rule.ts";

/** `encrypted_suffix` for SopsSecret files: SOPS then encrypts `secretTemplates` and leaves the head in clear. */
export const SOPS_SECRET_ENCRYPTED_SUFFIX = "Templates";

/** One Secret that the operator makes of a SopsSecret. */
export interface SecretTemplate {
  readonly name: string;
  readonly stringData: Readonly<Record<string, string>>;
  /** `Opaque` by default. */
  readonly type?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Options of {@link sopsSecret}. */
export interface SopsSecretOptions extends NamespacedOptions {
  readonly secrets: readonly SecretTemplate[];
}

/** A SopsSecret (`isindir.github.com/v1alpha3`) before or after encryption. */
export interface SopsSecretObject extends KubeObject {
  readonly apiVersion: "isindir.github.com/v1alpha3";
  readonly kind: "SopsSecret";
  readonly spec: { readonly secretTemplates: readonly SecretTemplate[] };
}

/**
 * A SopsSecret in PLAINTEXT: encrypt it (`encrypted_suffix: Templates`) before it is written anywhere.
 *
 * {@link checkDecryption} reports one that reached the tree unencrypted.
 *
 * @example
 * ```ts
 * import { sopsSecret } from "@idstack/gitops";
 * const object = sopsSecret({ name: "api", namespace: "apps", secrets: [{ name: "api-key", stringData: { token: "demo" } }] });
 * console.log(object.spec.secretTemplates[0]?.name); // api-key
 * ```
 */
export function sopsSecret(options: SopsSecretOptions): SopsSecretObject {
  const { name, namespace, secrets } = options;
  if (secrets.length === 0) throw new TypeError(`sopsSecret: ${namespace}/${name} has no secrets`);
  return {
    apiVersion: "isindir.github.com/v1alpha3",
    kind: "SopsSecret",
    metadata: metadata(options),
    spec: {
      secretTemplates: secrets.map((secret) =>
        defined({
          name: secret.name,
          labels: secret.labels,
          annotations: secret.annotations,
          type: secret.type,
          stringData: { ...secret.stringData },
        }),
      ),
    },
  };
}

/** Options of {@link sopsSecretsOperator}. */
export interface SopsSecretsOperatorOptions {
  /** Exact chart version. */
  readonly version: string;
  /** `sops-secrets-operator` by default, as is the namespace. */
  readonly releaseName?: string | undefined;
  readonly namespace?: string | undefined;
  /** Secret with the age key in the operator's namespace; `sops-age`, key `keys.txt`. */
  readonly ageKey?: { readonly secret: string; readonly key: string } | undefined;
  /** Chart values, merged last (top level). */
  readonly values?: Record<string, unknown> | undefined;
}

const KEY_FOLDER = "/etc/sops-age";

/**
 * Declares the sops-secrets-operator as the decryptor: it makes Secrets of SopsSecret objects inside the cluster.
 *
 * The operator does not verify the MAC (the API server changes objects in transit), so whoever can write the file can
 * rearrange its encrypted values unnoticed; ksops verifies it.
 *
 * @example
 * ```ts
 * import { sopsSecretsOperator } from "@idstack/gitops";
 * const operator = sopsSecretsOperator({ version: "0.22.0" });
 * console.log(operator.chart.values["extraEnv"]); // [ { name: 'SOPS_AGE_KEY_FILE', value: '/etc/sops-age/keys.txt' } ]
 * ```
 */
export function sopsSecretsOperator(
  options: SopsSecretsOperatorOptions,
): ChartOutput & Decryptor & { readonly decryptor: "sops-secret"; readonly rule: SopsRule } {
  const { version, releaseName = "sops-secrets-operator", namespace = "sops-secrets-operator" } = options;
  const { ageKey = { secret: "sops-age", key: "keys.txt" } } = options;
  const operator: VirtualEndpoint = {
    namespace,
    name: releaseName,
    labels: { "app.kubernetes.io/name": "sops-secrets-operator", "app.kubernetes.io/instance": releaseName },
    ports: [],
    source: `sops-secrets-operator chart ${version}`,
  };
  return {
    decryptor: "sops-secret",
    rule: { convention: "sops-secrets-operator" },
    chart: {
      repo: "https://isindir.github.io/sops-secrets-operator/",
      chart: "sops-secrets-operator",
      version,
      releaseName,
      namespace,
      values: {
        secretsAsFiles: [{ name: "sops-age", secretName: ageKey.secret, mountPath: KEY_FOLDER }],
        extraEnv: [{ name: "SOPS_AGE_KEY_FILE", value: `${KEY_FOLDER}/${ageKey.key}` }],
        ...options.values,
      },
    },
    objects: [],
    endpoints: [operator],
  };
}
