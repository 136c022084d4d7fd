import type { Decryptor } from "./decryptor.ts";
import { installerSecurity } from "./installer-security.ts";
import type { SopsRule } from "./sops-rule.ts";

/** A release that is downloaded, and the SHA-256 of the file: another one is refused. */
export interface Download {
  /** `4.7.7` */
  readonly version: string;
  readonly sha256: string;
}

/** Options of {@link helmSecrets}. */
export interface HelmSecretsOptions {
  /** `helm-secrets.tar.gz` of the helm-secrets release. */
  readonly helmSecrets: Download;
  /** `sops-vVERSION.linux.ARCH` of the sops release. */
  readonly sops: Download;
  /** Of the nodes; `amd64` by default. */
  readonly arch?: "amd64" | "arm64" | undefined;
  /** Image with a shell, `wget`, `tar` and `sha256sum` that downloads both; better with a digest. */
  readonly image: string;
  /** Secret with the age key in Argo CD's namespace, put there by hand at bootstrap; `sops-age`, key `keys.txt`. */
  readonly ageKey?: { readonly secret: string; readonly key: string } | undefined;
}

/** Result of {@link helmSecrets}. */
export interface HelmSecretsDecryptor extends Decryptor {
  readonly decryptor: "helm-secrets";
  /** Values for the argo-cd chart that put helm-secrets, sops and the age key into the repo-server. */
  readonly argoCdValues: Record<string, unknown>;
  /** An entry of `helm.valueFiles` for an encrypted file: `secrets+age-import:///…/keys.txt?secrets.yaml`. */
  readonly valueFile: (path: string) => string;
  readonly rule: SopsRule;
}

const KEY_FOLDER = "/helm-secrets-private-keys";
const TOOLS = "/custom-tools";

/** Only what is needed is allowed: the values of the chart, and those of helm-secrets with the mounted key. */
const SCHEMES = "secrets,secrets+age-import,https";

const INSTALL = `set -eu
fetch() { wget -qO "$2" "$1"; echo "$3  $2" | sha256sum -c -; }
cd ${TOOLS}
mkdir -p helm-plugins
fetch "https://github.com/jkroepke/helm-secrets/releases/download/v$HELM_SECRETS_VERSION/helm-secrets.tar.gz" plugin.tar.gz "$HELM_SECRETS_SHA256"
tar -C helm-plugins -xzf plugin.tar.gz
rm plugin.tar.gz
fetch "https://github.com/getsops/sops/releases/download/v$SOPS_VERSION/sops-v$SOPS_VERSION.linux.$ARCH" sops "$SOPS_SHA256"
cp helm-plugins/helm-secrets/scripts/wrapper/helm.sh helm
chmod 755 sops helm
`;

/**
 * Declares helm-secrets as the decryptor: Argo CD's repo-server decrypts values files of charts while Helm renders them.
 *
 * Encrypted manifests are not its business: {@link checkDecryption} reports them. Downloads are checked against the sums
 * you give. Try the result before you rely on it: paths and variables are those of the helm-secrets documentation for 4.7.
 *
 * @example
 * ```ts
 * import { argoCdChart, helmSecrets } from "@idstack/gitops";
 * const sha256 = "0".repeat(64); // of the files you have looked at
 * const decryptor = helmSecrets({ helmSecrets: { version: "4.7.7", sha256 }, sops: { version: "3.13.3", sha256 }, image: "alpine:3.22" });
 * console.log(decryptor.valueFile("secrets.yaml")); // secrets+age-import:///helm-secrets-private-keys/keys.txt?secrets.yaml
 * console.log(argoCdChart({ decryptor }).chart.values["configs"]); // { cm: { 'helm.valuesFileSchemes': 'secrets,secrets+age-import,https' } }
 * ```
 */
export function helmSecrets(options: HelmSecretsOptions): HelmSecretsDecryptor {
  const { helmSecrets: plugin, sops, arch = "amd64", ageKey = { secret: "sops-age", key: "keys.txt" } } = options;
  for (const [name, { version, sha256 }] of Object.entries({ helmSecrets: plugin, sops })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) throw new TypeError(`helmSecrets: ${name}.version is not exact: ${version}`);
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError(`helmSecrets: ${name}.sha256 is not a SHA-256 in hex`);
  }
  const env = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => ({ name, value }));
  return {
    decryptor: "helm-secrets",
    rule: { convention: "helm-secrets" },
    valueFile: (path) => `secrets+age-import://${KEY_FOLDER}/${ageKey.key}?${path}`,
    argoCdValues: {
      configs: { cm: { "helm.valuesFileSchemes": SCHEMES } },
      repoServer: {
        env: env({
          HELM_PLUGINS: `${TOOLS}/helm-plugins/`,
          HELM_SECRETS_BACKEND: "sops",
          HELM_SECRETS_SOPS_PATH: `${TOOLS}/sops`,
          HELM_SECRETS_HELM_PATH: "/usr/local/bin/helm",
          HELM_SECRETS_VALUES_ALLOW_SYMLINKS: "false",
          HELM_SECRETS_VALUES_ALLOW_PATH_TRAVERSAL: "false",
          // Applications with several sources need these two.
          HELM_SECRETS_VALUES_ALLOW_ABSOLUTE_PATH: "true",
          HELM_SECRETS_WRAPPER_ENABLED: "true",
          HELM_SECRETS_DECRYPT_SECRETS_IN_TMP_DIR: "true",
        }),
        volumes: [
          { name: "custom-tools", emptyDir: {} },
          // Readable for every user of the pod: files of a Secret belong to root, and the repo-server is another user.
          { name: "sops-age", secret: { secretName: ageKey.secret, defaultMode: 0o444 } },
        ],
        volumeMounts: [
          { name: "custom-tools", mountPath: TOOLS },
          { name: "custom-tools", mountPath: "/usr/local/sbin/helm", subPath: "helm" },
          { name: "sops-age", mountPath: KEY_FOLDER, readOnly: true },
        ],
        initContainers: [
          {
            name: "install-helm-secrets",
            image: options.image,
            command: ["/bin/sh", "-c"],
            args: [INSTALL],
            env: env({
              HELM_SECRETS_VERSION: plugin.version,
              HELM_SECRETS_SHA256: plugin.sha256,
              SOPS_VERSION: sops.version,
              SOPS_SHA256: sops.sha256,
              ARCH: arch,
            }),
            volumeMounts: [{ name: "custom-tools", mountPath: TOOLS }],
            securityContext: installerSecurity(),
          },
        ],
      },
    },
  };
}
