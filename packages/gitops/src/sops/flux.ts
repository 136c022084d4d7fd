import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { Kustomization } from "@idstack/schemas/kustomize.toolkit.fluxcd.io/v1";
import type { Secret } from "@idstack/schemas/v1";
import type { SopsRule } from "./sops-rule.ts";

type KustomizationSpec = NonNullable<Kustomization["spec"]>;

/** Options of {@link fluxDecryption}. */
export interface FluxDecryptionOptions {
  /** Secret with the keys, in the namespace of the Kustomizations; `sops-age` by default. `false`: there is none. */
  readonly secret?: string | false | undefined;
  /** Account whose cloud identity decrypts, for keys of AWS, Azure and GCP. */
  readonly serviceAccount?: string | undefined;
}

/** Result of {@link fluxDecryption}. */
export interface FluxDecryption {
  /** `spec.decryption` of a Kustomization. */
  readonly decryption: NonNullable<KustomizationSpec["decryption"]>;
  /** Flux needs kind and name of encrypted manifests in clear. */
  readonly rule: SopsRule;
}

/**
 * How Flux decrypts: the block that goes into a Kustomization, as {@link fluxKustomization} takes it.
 *
 * Flux does not verify the MAC: whoever can write to the repository can move encrypted values around unnoticed.
 *
 * @example
 * ```ts
 * import { fluxDecryption } from "@idstack/gitops";
 * console.log(fluxDecryption().decryption); // { provider: 'sops', secretRef: { name: 'sops-age' } }
 * ```
 */
export function fluxDecryption(options: FluxDecryptionOptions = {}): FluxDecryption {
  const { secret = "sops-age", serviceAccount } = options;
  if (secret === false && serviceAccount === undefined) {
    throw new TypeError("fluxDecryption: without a secret there must be a serviceAccount that may decrypt");
  }
  return {
    decryption: {
      provider: "sops",
      ...(secret === false ? {} : { secretRef: { name: secret } }),
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    },
    rule: { convention: "flux" },
  };
}

/** Options of {@link fluxAgeSecret}. */
export interface FluxAgeSecretOptions extends Partial<NamespacedOptions> {
  /** Texts of identity files, by a name of your choice: `{ home: "AGE-SECRET-KEY-…" }`. */
  readonly identities: Readonly<Record<string, string>>;
}

/**
 * The Secret that Flux decrypts with, in PLAINTEXT: apply it by hand at bootstrap, and never commit it.
 *
 * @example
 * ```ts
 * import { fluxAgeSecret } from "@idstack/gitops";
 * const secret = fluxAgeSecret({ identities: { home: "AGE-SECRET-KEY-1…" } });
 * console.log(secret.metadata?.namespace, Object.keys(secret.stringData ?? {})); // flux-system [ 'home.agekey' ]
 * ```
 */
export function fluxAgeSecret(options: FluxAgeSecretOptions): Secret {
  const { identities, name = "sops-age", namespace = "flux-system" } = options;
  const entries = Object.entries(identities);
  if (entries.length === 0) throw new TypeError("fluxAgeSecret: identities is empty");
  for (const [key, text] of entries) {
    if (!/^AGE-(?:SECRET-KEY|PLUGIN)-/m.test(text)) {
      throw new TypeError(`fluxAgeSecret: identities.${key} holds no age identity (AGE-SECRET-KEY-…)`);
    }
  }
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata({ ...options, name, namespace }),
    type: "Opaque",
    // Flux takes the entries with this ending for age keys.
    stringData: Object.fromEntries(entries.map(([key, text]) => [`${key}.agekey`, text])),
  };
}

/** Options of {@link fluxKustomization}. */
export interface FluxKustomizationOptions extends Omit<NamespacedOptions, "namespace"> {
  /** `flux-system` by default. */
  readonly namespace?: string | undefined;
  /** Folder of the repository, `kubernetes/apps`. */
  readonly path: string;
  /** GitRepository, `flux-system` by default; or another source. */
  readonly source?: string | KustomizationSpec["sourceRef"] | undefined;
  /** `10m` by default. */
  readonly interval?: string | undefined;
  /** Delete objects that left the source; off by default. */
  readonly prune?: boolean | undefined;
  readonly decryption?: FluxDecryption | undefined;
  readonly spec?: Partial<KustomizationSpec> | undefined;
}

/**
 * A Kustomization of Flux for a folder of a repository, which is decrypted when `decryption` is given.
 *
 * @example
 * ```ts
 * import { fluxDecryption, fluxKustomization } from "@idstack/gitops";
 * const apps = fluxKustomization({ name: "apps", path: "kubernetes/apps", decryption: fluxDecryption() });
 * console.log(apps.spec?.path, apps.spec?.decryption?.provider); // ./kubernetes/apps sops
 * ```
 */
export function fluxKustomization(options: FluxKustomizationOptions): Kustomization {
  const { namespace = "flux-system", path, source = "flux-system", interval = "10m", prune = false } = options;
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: metadata({ ...options, namespace }),
    spec: {
      ...(defined({ decryption: options.decryption?.decryption }) as Pick<KustomizationSpec, "decryption">),
      interval,
      path: `./${path.replace(/^\.?\/+/, "")}`,
      prune,
      sourceRef: typeof source === "string" ? { kind: "GitRepository", name: source } : source,
      ...options.spec,
    },
  };
}
