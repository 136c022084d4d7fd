import { metadata, type ObjectOptions } from "@idstack/manifests";
import type { ClusterIssuer } from "@idstack/schemas/cert-manager.io/v1";
import { assertHost } from "../internal/assert-host.ts";

type Spec = ClusterIssuer["spec"];
type Acme = NonNullable<Spec["acme"]>;

/** Certificates from an ACME authority that checks DNS records at Cloudflare. */
export interface AcmeOptions {
  /** Where the authority writes about expiring certificates. */
  readonly email: string;
  /** `"letsencrypt"` (default), `"letsencrypt-staging"` for trials, or the URL of a directory. */
  readonly server?: "letsencrypt" | "letsencrypt-staging" | `https://${string}`;
  /** Certificate profile of the authority, `"tlsserver"`. */
  readonly profile?: string;
  readonly cloudflare: {
    /** Secret in cert-manager's namespace with an API token of the scopes Zone:DNS:Edit and Zone:Zone:Read. */
    readonly apiToken: { readonly name: string; readonly key: string };
    /** Zones it is used for, `["example.com"]`; default every zone. */
    readonly zones?: readonly string[];
  };
}

/** Options of {@link clusterIssuer}: exactly one kind of authority. */
export type ClusterIssuerOptions = ObjectOptions & {
  /** Fields not modelled here, merged last. */
  readonly spec?: Partial<Spec>;
} & (
    | { readonly acme: AcmeOptions }
    /** Secret in cert-manager's namespace with key and certificate of an authority of your own. */
    | { readonly ca: { readonly secretName: string } }
    | { readonly selfSigned: true }
  );

const DIRECTORIES = new Map([
  ["letsencrypt", "https://acme-v02.api.letsencrypt.org/directory"],
  ["letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"],
]);

/**
 * A `cert-manager.io/v1` ClusterIssuer: ACME with DNS-01 at Cloudflare (also for hosts no one outside can reach), an
 * authority of your own, or self-signed (only to start such an authority, see `internalCa`).
 *
 * @throws TypeError for a directory that is not HTTPS, or a zone that is no host name.
 * @example
 * ```ts
 * import { clusterIssuer } from "@idstack/gateway";
 * clusterIssuer({
 *   name: "letsencrypt",
 *   acme: { email: "me@example.com", cloudflare: { apiToken: { name: "cloudflare", key: "token" }, zones: ["example.com"] } },
 * });
 * ```
 */
export function clusterIssuer(options: ClusterIssuerOptions): ClusterIssuer {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "ClusterIssuer",
    metadata: metadata(options),
    spec: { ...authority(options), ...options.spec },
  };
}

function authority(options: ClusterIssuerOptions): Spec {
  if ("ca" in options) return { ca: { secretName: options.ca.secretName } };
  if ("selfSigned" in options) return { selfSigned: {} };
  const { email, server = "letsencrypt", profile, cloudflare } = options.acme;
  const what = `ClusterIssuer ${options.name}`;
  const directory = DIRECTORIES.get(server) ?? server;
  if (!directory.startsWith("https://")) throw new TypeError(`${what}: "${server}" is not an https:// address`);
  if (cloudflare.zones?.length === 0) throw new TypeError(`${what}: no zones; leave zones out for every zone`);
  for (const zone of cloudflare.zones ?? []) assertHost(zone, `${what}: zones`);
  const acme: Acme = {
    server: directory,
    email,
    ...(profile !== undefined && { profile }),
    privateKeySecretRef: { name: `${options.name}-account` },
    solvers: [
      {
        ...(cloudflare.zones && { selector: { dnsZones: [...cloudflare.zones] } }),
        dns01: { cloudflare: { apiTokenSecretRef: { ...cloudflare.apiToken } } },
      },
    ],
  };
  return { acme };
}
