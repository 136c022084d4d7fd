import type { HclBlock, HclValue } from "./hcl.ts";

/** How agents prove which node they run on. */
export type ServerNodeAttestor =
  | {
      /** Projected service account tokens of Kubernetes clusters, by cluster name. */
      readonly type: "k8s_psat";
      readonly clusters: Readonly<Record<string, PsatCluster>>;
    }
  /** One-time tokens, for a machine without Kubernetes. */
  | { readonly type: "join_token" };

/** One cluster whose agents are accepted. */
export interface PsatCluster {
  /** Service accounts of agents, `namespace:name`. */
  readonly serviceAccounts: readonly string[];
  /** Audience of the tokens; `["spire-server"]` by default. */
  readonly audience?: readonly string[] | undefined;
}

/** Where the signing keys live: in memory (lost at a restart) or in a file. */
export type KeyManager =
  | { readonly type: "memory" }
  | { readonly type: "disk" /** `keys.json` in the data folder by default. */; readonly path?: string | undefined };

/** Another trust domain whose workloads ours may verify. */
export interface FederatedServer {
  /** HTTPS URL of its bundle endpoint. */
  readonly url: string;
  /** SPIFFE ID its endpoint presents; without it, web PKI vouches for the endpoint. */
  readonly endpointSpiffeId?: string | undefined;
}

/** This server's own bundle endpoint. */
export interface BundleEndpoint {
  /** `0.0.0.0` by default. */
  readonly address?: string | undefined;
  /** `8443` by default. */
  readonly port?: number | undefined;
  /** Web PKI certificate and key on disk; without them the endpoint presents its SPIFFE ID. */
  readonly servingCert?: { readonly cert: string; readonly key: string } | undefined;
}

/** Options of {@link serverConfig}. Durations are Go durations: `1h`, `90m`. */
export interface ServerConfigOptions {
  readonly trustDomain: string;
  readonly nodeAttestors: readonly ServerNodeAttestor[];
  /** `0.0.0.0` by default. */
  readonly bindAddress?: string | undefined;
  /** `8081` by default. */
  readonly bindPort?: number | undefined;
  /** Admin socket; `/tmp/spire-server/private/api.sock` by default. */
  readonly socketPath?: string | undefined;
  /** `/run/spire/data` by default. */
  readonly dataDir?: string | undefined;
  /** `INFO` by default. */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR" | undefined;
  /** How long a CA lives; the server rotates it at half life. `24h` by default. */
  readonly caTtl?: string | undefined;
  /** How long X.509-SVIDs live; agents renew them at half life. `1h` by default. */
  readonly x509SvidTtl?: string | undefined;
  /** How long JWT-SVIDs live. `5m` by default. */
  readonly jwtSvidTtl?: string | undefined;
  readonly caSubject?:
    | { readonly country?: string; readonly organization?: string; readonly commonName?: string }
    | undefined;
  /** `iss` of JWT-SVIDs: the URL of an OIDC discovery provider. */
  readonly jwtIssuer?: string | undefined;
  /** `disk` by default. */
  readonly keyManager?: KeyManager | undefined;
  /** File of the SQLite database; `datastore.sqlite3` in the data folder by default. */
  readonly database?: string | undefined;
  /** ConfigMap into which CA certificates are pushed for agents to start from (notifier `k8sbundle`). */
  readonly bundleConfigMap?: { readonly namespace: string; readonly name: string; readonly key?: string } | undefined;
  /** ConfigMap into which the bundle is published for everyone else (publisher `k8s_configmap`, format `spiffe`). */
  readonly publishBundle?: { readonly namespace: string; readonly name: string; readonly key?: string } | undefined;
  readonly federation?:
    | {
        readonly endpoint?: BundleEndpoint | undefined;
        /** By trust domain name. */
        readonly with?: Readonly<Record<string, FederatedServer>> | undefined;
      }
    | undefined;
  /** Port of the health endpoints `/live` and `/ready`; `8080` by default, `false` for none. */
  readonly healthPort?: number | false | undefined;
  /** Attributes of the `server` block that these options do not model, merged last. */
  readonly server?: Readonly<Record<string, HclValue>> | undefined;
  /** Further plug-in blocks, for example an `UpstreamAuthority`. */
  readonly plugins?: readonly HclBlock[] | undefined;
}
