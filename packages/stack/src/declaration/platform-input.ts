import type { SecretFrom, SecretStoreInput } from "./secret-input.ts";
import type { DatabaseInput } from "./service-input.ts";

/** Nothing to set: `{}`. */
type NoSettings = Readonly<Record<string, never>>;

/** What the cluster itself runs. Each key present installs a chart through Argo CD; `{}` takes every default. */
export interface PlatformInput<
  Namespace extends string = string,
  Store extends SecretStoreInput | undefined = SecretStoreInput,
> {
  /** Namespace of everything that does not have to live elsewhere. The charts' pods need it open: `defaultDeny: false`. */
  readonly namespace: Namespace;
  /** In the namespace `argocd`. */
  readonly argoCd?: { readonly host?: string };
  readonly cilium?: { readonly encryption?: "wireguard" | "none" };
  readonly tetragon?: NoSettings;
  /** Lifetimes as Go durations: `1h`, `90m`. The namespace has to be `privileged`. */
  readonly spire?: { readonly x509SvidTtl?: string; readonly jwtSvidTtl?: string; readonly caTtl?: string };
  readonly certManager?: CertManagerInput<Store>;
  readonly traefik?: { readonly loadBalancerIp?: string };
  readonly cloudNativePg?: NoSettings;
  readonly externalSecrets?: NoSettings;
  readonly authentik?: AuthentikInput<Namespace, Store>;
}

/**
 * Who signs the certificates of exposed hosts: Let's Encrypt by DNS-01 at Cloudflare (public domains only), a
 * certificate authority whose key pair is in a Secret of the cluster, or one that cert-manager makes itself and your
 * devices learn to trust (the only way for names such as `home.arpa`).
 */
export type CertManagerInput<Store> =
  | { readonly acme: { readonly email: string; readonly zones: readonly string[]; readonly token: SecretFrom<Store> } }
  | { readonly ca: { readonly secretName: string } }
  | { readonly internalCa: NoSettings };

/** Authentik, on a database of its own. */
export interface AuthentikInput<Namespace extends string, Store> {
  readonly namespace: Namespace;
  readonly host: string;
  /** AUTHENTIK_SECRET_KEY: signs cookies; at least 50 random characters. */
  readonly secretKey: SecretFrom<Store>;
  readonly database: DatabaseInput;
}
