import { defined, type KubeObject } from "@idstack/manifests";
import type { Decryptor } from "./decryptor.ts";
import { installerSecurity } from "./installer-security.ts";
import type { SopsRule } from "./sops-rule.ts";

/** ksops release whose image and generator these builders are written for. */
export const KSOPS_VERSION = "4.5.1";

/** Options of {@link ksops}. */
export interface KsopsOptions {
  /** Secret with the age key in Argo CD's namespace, put there by hand at bootstrap; `sops-age`, key `keys.txt`. */
  readonly ageKey?: { readonly secret: string; readonly key: string } | undefined;
  /** Image with the programs `ksops` and `kustomize`; `viaductoss/ksops:v4.5.1` by default, better with a digest. */
  readonly image?: string | undefined;
}

/** Result of {@link ksops}. */
export interface KsopsDecryptor extends Decryptor {
  readonly decryptor: "ksops";
  /** Values for the argo-cd chart that put ksops and the age key into the repo-server. */
  readonly argoCdValues: Record<string, unknown>;
  readonly rule: SopsRule;
}

const KEY_FOLDER = "/var/run/secrets/sops-age";

/**
 * Declares ksops as the decryptor: Argo CD's repo-server decrypts while it builds a folder with Kustomize.
 *
 * `argoCdValues` enable Kustomize's exec plug-ins, copy the two programs into the repo-server and mount the age key.
 * ksops verifies the MAC of each file. Enabling exec plug-ins lets anyone who can write to a repository of Argo CD run
 * programs in the repo-server: use {@link sopsSecretsOperator} when that is not you alone. The image has to hold a shell
 * and both programs in its PATH; try it before you rely on it.
 *
 * @example
 * ```ts
 * import { argoCdChart, ksops } from "@idstack/gitops";
 * const { chart } = argoCdChart({ decryptor: ksops() });
 * console.log(Object.keys(chart.values)); // [ 'dex', 'notifications', 'configs', 'repoServer' ]
 * ```
 */
export function ksops(options: KsopsOptions = {}): KsopsDecryptor {
  const { ageKey = { secret: "sops-age", key: "keys.txt" }, image = `viaductoss/ksops:v${KSOPS_VERSION}` } = options;
  const program = (name: string) => ({ name: "custom-tools", mountPath: `/usr/local/bin/${name}`, subPath: name });
  return {
    decryptor: "ksops",
    rule: { convention: "argocd" },
    argoCdValues: {
      configs: { cm: { "kustomize.buildOptions": "--enable-alpha-plugins --enable-exec" } },
      repoServer: {
        env: [{ name: "SOPS_AGE_KEY_FILE", value: `${KEY_FOLDER}/${ageKey.key}` }],
        volumes: [
          { name: "custom-tools", emptyDir: {} },
          // Readable for every user of the pod: files of a Secret belong to root, and the repo-server is another user.
          { name: "sops-age", secret: { secretName: ageKey.secret, defaultMode: 0o444 } },
        ],
        volumeMounts: [
          program("ksops"),
          program("kustomize"),
          { name: "sops-age", mountPath: KEY_FOLDER, readOnly: true },
        ],
        initContainers: [
          {
            name: "install-ksops",
            image,
            command: ["/bin/sh", "-c"],
            args: ['cp "$(command -v ksops)" "$(command -v kustomize)" /custom-tools/'],
            volumeMounts: [{ name: "custom-tools", mountPath: "/custom-tools" }],
            securityContext: installerSecurity(),
          },
        ],
      },
    },
  };
}

/** Options of {@link ksopsDirectory}. */
export interface KsopsDirectoryOptions {
  /** Name of the generator; `secrets` by default. */
  readonly name?: string | undefined;
  /** Files that SOPS encrypted, relative to the folder; `data` and `stringData` encrypted, the rest in clear. */
  readonly encrypted?: readonly string[] | undefined;
  /** Secrets made of encrypted files that are no manifests. */
  readonly secretFrom?: readonly KsopsSecretFrom[] | undefined;
  /** The folder's other manifests, relative to it. */
  readonly resources?: readonly string[] | undefined;
  /** Namespace that Kustomize sets on everything in the folder. */
  readonly namespace?: string | undefined;
}

/** A Secret that ksops makes of encrypted files; at least one list has one. */
export interface KsopsSecretFrom {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** `Opaque` by default. */
  readonly type?: string | undefined;
  /** `KEY=FILE`, or the file, whose name is then the key. */
  readonly files?: readonly string[] | undefined;
  /** The same, for files that are not text. */
  readonly binaryFiles?: readonly string[] | undefined;
  /** Dotenv files, each variable of which is a key. */
  readonly envs?: readonly string[] | undefined;
}

/** A file of the folder: its name, and the object that goes into it. */
export interface KsopsFile {
  readonly path: string;
  readonly object: KubeObject;
}

/**
 * The two files that make a folder decrypt with ksops: `kustomization.yaml` and the generator it lists.
 *
 * Encrypted files stand in the generator only; a file listed under `resources` too would be applied as ciphertext, so
 * that throws TypeError.
 *
 * @example
 * ```ts
 * import { ksops, ksopsDirectory } from "@idstack/gitops";
 * const files = ksopsDirectory({ encrypted: ["api-key.enc.yaml"], resources: ["deployment.yaml"] });
 * console.log(files.map((file) => file.path)); // [ 'kustomization.yaml', 'ksops.yaml' ]
 * ```
 */
export function ksopsDirectory(options: KsopsDirectoryOptions): [kustomization: KsopsFile, generator: KsopsFile] {
  const { name = "secrets", encrypted = [], secretFrom = [], resources = [], namespace } = options;
  if (encrypted.length + secretFrom.length === 0) {
    throw new TypeError("ksopsDirectory: encrypted and secretFrom are empty, so there is nothing to decrypt");
  }
  const sources = secretFrom.map(secretSource);
  const all = [
    ...encrypted,
    ...sources.flatMap(({ files = [], binaryFiles = [], envs = [] }) => [...files, ...binaryFiles, ...envs]),
  ];
  const both = all.map((file) => file.slice(file.indexOf("=") + 1)).find((file) => resources.includes(file));
  if (both !== undefined) throw new TypeError(`ksopsDirectory: "${both}" is encrypted and a resource at once`);
  const generator = {
    apiVersion: "viaduct.ai/v1",
    kind: "ksops",
    metadata: { name, annotations: { "config.kubernetes.io/function": "exec:\n  path: ksops\n" } },
    ...(encrypted.length === 0 ? {} : { files: [...encrypted] }),
    ...(sources.length === 0 ? {} : { secretFrom: sources }),
  };
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources.length === 0 ? {} : { resources: [...resources] }),
    generators: ["ksops.yaml"],
  };
  return [
    { path: "kustomization.yaml", object: kustomization },
    { path: "ksops.yaml", object: generator },
  ];
}

function secretSource({ name, namespace, labels, annotations, type, files, binaryFiles, envs }: KsopsSecretFrom) {
  const lists = { files, binaryFiles, envs };
  if (Object.values(lists).every((list = []) => list.length === 0)) {
    throw new TypeError(`ksopsDirectory: secretFrom ${name} has no files`);
  }
  return defined({ metadata: defined({ name, namespace, labels, annotations }), type, ...lists });
}
