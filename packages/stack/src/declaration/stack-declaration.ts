import type { KubeObject } from "@idstack/manifests";
import type { PlatformInput } from "./platform-input.ts";
import type { BackupsInput, SecretStoreInput, SopsInput } from "./secret-input.ts";
import type { ServiceInput } from "./service-input.ts";

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
  /**
   * Objects made elsewhere (kubernetes-models, a YAML file): rendered unchanged, proved with the rest. Each is validated,
   * lives in a declared namespace or is cluster-wide, and is no Secret in plain text.
   */
  readonly objects?: readonly KubeObject[];
}

/** Facts about the cluster that policies and identities are computed from. */
export interface ClusterInput {
  readonly name: string;
  /** SPIFFE trust domain: `homelab.internal`. */
  readonly trustDomain: string;
  /**
   * Who enforces network policies: Cilium, or any plug-in that implements Kubernetes' own. The latter knows no DNS names
   * and no requests: name addresses in `egress`, and services alone in `calls`.
   */
  readonly cni: "cilium" | "kubernetes";
  /** `10.42.0.0/16` or `fd42::/48` */
  readonly podCidr: string;
  /** Address of the API server, with or without a port (default 6443): `192.168.1.10`, `[fd00::10]:6443`. */
  readonly apiServer: string;
}

/** The repository and folder that Argo CD reads the rendered tree from. */
export interface GitOpsInput {
  readonly repo: string;
  /** Folder of the repository that the tree is rendered to: `rendered`, or `.` for its root. */
  readonly path: string;
  /** Branch, tag or commit; default the repository's default branch. */
  readonly revision?: string;
}

/** A namespace of your own; those of the cluster (`kube-system`, `default` …) are not declared. */
export interface NamespaceInput {
  /** Pod Security level that is enforced; default `restricted`. */
  readonly podSecurity?: "restricted" | "baseline" | "privileged";
  /** Deny what no policy allows, in both directions; default true. */
  readonly defaultDeny?: boolean;
  /** Why pods here need more than `baseline`: required with `privileged`. */
  readonly justification?: string;
}
