import type { SecretFrom, SecretStoreInput } from "./secret-input.ts";

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
  /** Default 1. */
  readonly replicas?: number;
  /** Services that this one calls; the policies on both sides and the authorization tables follow from it. */
  readonly calls?: readonly (Service | CallInput<Service>)[];
  /**
   * The service speaks mutual TLS on its port. Its pods, and those of services that call it, get an SVID through the
   * SPIFFE CSI driver and read who may call whom from the file that `IDSTACK_AUTHORIZATION` names.
   */
  readonly mtls?: boolean;
  /** Not for a service with `mtls`: browsers have no SVID. */
  readonly expose?: ExposeInput;
  /** The login is in the variable `DATABASE_URL`. */
  readonly database?: DatabaseInput;
  /** Destinations outside the cluster, `host:port` with TCP: `api.example.com:443`, `192.168.1.20:8123`, `[fd00::20]:443`. */
  readonly egress?: readonly (`${string}:${number}` | `[${string}]:${number}`)[];
  /** Environment variable → secret. */
  readonly secrets?: { readonly [variable: string]: SecretFrom<Store> };
  /** `$(NAME)` in a value stands for a variable before it, or of `secrets`. */
  readonly env?: { readonly [variable: string]: string };
}

/**
 * A call restricted to certain requests, which Cilium reads: method and path are regular expressions of the whole value,
 * the path with its query. Needs plain HTTP, so not between services with mutual TLS.
 */
export interface CallInput<Service extends string = string> {
  readonly service: Service;
  readonly http: readonly { readonly method?: string; readonly path?: string }[];
}

/** A host of the service, at Traefik, with a certificate. */
export interface ExposeInput {
  /** `web.home.arpa` */
  readonly host: string;
  /** Authentik groups that may pass; without it the service is open to whoever reaches the host. */
  readonly sso?: readonly string[];
}

/** A PostgreSQL of the service's own. Whether it is backed up is always said. */
export interface DatabaseInput {
  /** `5Gi` */
  readonly size: string;
  /** Default 1. */
  readonly instances?: number;
  readonly backup: "hourly" | "daily" | "weekly" | { readonly none: string };
}
