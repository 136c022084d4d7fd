import type { BitwardenStore, SecretRef } from "@idstack/external-secrets";
import type { KubeObject } from "@idstack/manifests";

/** Where secrets come from when they are not in the repository; {@link bitwarden} makes one. */
export type SecretStoreInput = BitwardenStore;

/** Shown by the compiler in place of a secret, where the declaration names no `secretStore`. */
export interface MissingSecretStore {
  readonly "declare `secretStore`, so that this secret has a source": never;
}

type SecretFrom<Store> = Store extends SecretStoreInput ? SecretRef : MissingSecretStore;

/**
 * One homelab: facts of the cluster, what the platform runs, and the services with what they need from each other.
 *
 * The type parameters are inferred: names of services and namespaces, and the secret store, so that a misspelt name in
 * `calls` or a secret without a store does not compile.
 */
export interface StackDeclaration<
  Service extends string = string,
  Namespace extends string = string,
  Store extends SecretStoreInput | undefined = SecretStoreInput,
> {
  readonly cluster: ClusterInput;
  readonly gitops: GitOpsInput;
  readonly secretStore?: Store;
  /** Encrypted files of this repository that reach the cluster through a decryptor. */
  readonly sops?: SopsInput<NoInfer<Namespace>>;
  /** The S3 bucket that database backups go to. */
  readonly backups?: BackupsInput<NoInfer<Store>>;
  readonly platform?: PlatformInput<NoInfer<Namespace>, NoInfer<Store>>;
  readonly namespaces: { readonly [Name in Namespace]: NamespaceInput };
  readonly services: {
    readonly [Name in Service]: ServiceInput<NoInfer<Service>, NoInfer<Namespace>, NoInfer<Store>>;
  };
  /** Rules about processes, enforced by Tetragon in the kernel. */
  readonly runtime?: { readonly blockShells?: readonly NoInfer<Namespace>[] };
  /** Objects made elsewhere (kubernetes-models, a YAML file): rendered unchanged, proved with the rest. */
  readonly objects?: readonly KubeObject[];
}

/** Facts about the cluster that policies and identities are computed from. */
export interface ClusterInput {
  readonly name: string;
  /** SPIFFE trust domain: `homelab.internal`. */
  readonly trustDomain: string;
  readonly cni: "cilium" | "kubernetes";
  /** `10.42.0.0/16` */
  readonly podCidr: string;
  /** Address of the API server, with or without a port (default 6443): `192.168.1.10`. */
  readonly apiServer: string;
}

/** The repository and folder that Argo CD reads the rendered tree from. */
export interface GitOpsInput {
  readonly repo: string;
  /** Folder of the repository that the tree is rendered to: `rendered`. */
  readonly path: string;
  /** Branch, tag or commit; default `main`. */
  readonly revision?: string;
}

/** Files encrypted with SOPS; rendering copies them byte for byte and never needs a key. */
export interface SopsInput<Namespace extends string = string> {
  /** age recipients every file must be encrypted to. */
  readonly recipients: readonly string[];
  /** File relative to the declaration → namespace that its Secret lives in. */
  readonly files: { readonly [file: string]: Namespace };
}

export interface BackupsInput<Store = SecretStoreInput> {
  readonly bucket: string;
  /** `https://s3.home.arpa` */
  readonly endpoint: string;
  /** Secret with the keys ACCESS_KEY_ID and ACCESS_SECRET_KEY. */
  readonly credentials: SecretFrom<Store>;
}

export interface NamespaceInput {
  /** Pod Security level that is enforced; default `restricted`. */
  readonly podSecurity?: "restricted" | "baseline" | "privileged";
  /** Deny what no policy allows, in both directions; default true. */
  readonly defaultDeny?: boolean;
  /** Why pods here need more than `baseline`: required with `privileged`. */
  readonly justification?: string;
}

/** What the cluster itself runs. Each key present installs a chart through Argo CD; `{}` takes every default. */
export interface PlatformInput<
  Namespace extends string = string,
  Store extends SecretStoreInput | undefined = SecretStoreInput,
> {
  /** Namespace of everything that does not have to live elsewhere. */
  readonly namespace: Namespace;
  readonly argoCd?: { readonly host?: string };
  readonly cilium?: { readonly encryption?: "wireguard" | "none" };
  readonly tetragon?: Record<never, never>;
  readonly spire?: { readonly x509SvidTtl?: string; readonly jwtSvidTtl?: string; readonly caTtl?: string };
  readonly certManager?: CertManagerInput<Store>;
  readonly traefik?: { readonly loadBalancerIp?: string };
  readonly cloudNativePg?: Record<never, never>;
  readonly externalSecrets?: Record<never, never>;
  readonly authentik?: AuthentikInput<Namespace, Store>;
}

/** Let's Encrypt by DNS-01 at Cloudflare, or a certificate authority whose key pair is in a Secret of the cluster. */
export type CertManagerInput<Store> =
  | { readonly acme: { readonly email: string; readonly zones: readonly string[]; readonly token: SecretFrom<Store> } }
  | { readonly ca: { readonly secretName: string } };

export interface AuthentikInput<Namespace extends string, Store> {
  readonly namespace: Namespace;
  readonly host: string;
  /** AUTHENTIK_SECRET_KEY: signs cookies; at least 50 random characters. */
  readonly secretKey: SecretFrom<Store>;
  readonly database: DatabaseInput;
}

/** One service: an image, and what it needs from others. Everything it does not name stays denied. */
export interface ServiceInput<
  Service extends string = string,
  Namespace extends string = string,
  Store extends SecretStoreInput | undefined = SecretStoreInput,
> {
  readonly namespace: Namespace;
  /** Image with tag and digest: `ghcr.io/me/web:1.4.2@sha256:…`. */
  readonly image: string;
  /** Port the container listens on. */
  readonly port: number;
  readonly replicas?: number;
  /** Services that this one calls; the policies on both sides and the authorization tables follow from it. */
  readonly calls?: readonly (Service | CallInput<Service>)[];
  /** Gives the pods an SVID through the SPIFFE CSI driver; implied by calling, or being called by, an mTLS service. */
  readonly mtls?: boolean;
  readonly expose?: ExposeInput;
  readonly database?: DatabaseInput;
  /** Destinations outside the cluster, `host:port` with TCP: `api.example.com:443`. */
  readonly egress?: readonly `${string}:${number}`[];
  /** Environment variable → secret. */
  readonly secrets?: { readonly [variable: string]: SecretFrom<Store> };
  readonly env?: { readonly [variable: string]: string };
}

/** A call restricted to certain requests: Cilium checks method and path (anchored regular expressions). */
export interface CallInput<Service extends string = string> {
  readonly service: Service;
  readonly http: readonly { readonly method?: string; readonly path?: string }[];
}

export interface ExposeInput {
  readonly host: string;
  /** Authentik groups that may pass; without it the service is open to whoever reaches the host. */
  readonly sso?: readonly string[];
}

/** A PostgreSQL of the service's own. Whether it is backed up is always said. */
export interface DatabaseInput {
  /** `5Gi` */
  readonly size: string;
  readonly instances?: number;
  readonly backup: "hourly" | "daily" | "weekly" | { readonly none: string };
}
