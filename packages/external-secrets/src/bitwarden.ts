import { assertLabel, assertName } from "@idstack/manifests";

/** Key of a Secret or ConfigMap in the cluster. */
export interface KeyRef {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly namespace: string;
  readonly key: string;
}

/** Secrets from Bitwarden Secrets Manager, through its SDK server in the cluster; made by {@link bitwarden}. */
export interface BitwardenStore {
  readonly provider: "bitwarden";
  readonly organization: string;
  readonly project: string;
  /** HTTPS address of the SDK server. */
  readonly server: string;
  /** Access token of the machine account. */
  readonly credentials: Omit<KeyRef, "kind">;
  /** Certificate authority of the server: a key of an object, or a PEM bundle in base64. */
  readonly ca: KeyRef | { readonly bundle: string };
  readonly apiUrl?: string;
  readonly identityUrl?: string;
}

/** Options of {@link bitwarden}. */
export interface BitwardenOptions {
  /** ID of the organization. */
  readonly organization: string;
  /** ID of the project; a store serves one. */
  readonly project: string;
  /** Address of the SDK server; default `https://bitwarden-sdk-server.external-secrets.svc:9998`. HTTPS only. */
  readonly server?: string;
  /** Default the key `token` of the Secret `bitwarden-access-token` in `external-secrets`. */
  readonly credentials?: Partial<Omit<KeyRef, "kind">>;
  /** Default the key `ca.crt` of the Secret `bitwarden-tls-certs` in `external-secrets`. */
  readonly ca?: Partial<KeyRef> | { readonly bundle: string };
  /** For the EU cloud `https://api.bitwarden.eu`, or your own server. */
  readonly apiUrl?: string;
  /** For the EU cloud `https://identity.bitwarden.eu`, or your own server. */
  readonly identityUrl?: string;
}

/** Where the chart's SDK server, its certificate and its access token are by default. */
export const BITWARDEN_DEFAULTS = {
  namespace: "external-secrets",
  server: "https://bitwarden-sdk-server.external-secrets.svc:9998",
  credentials: { name: "bitwarden-access-token", key: "token" },
  ca: { kind: "Secret", name: "bitwarden-tls-certs", key: "ca.crt" },
} as const;

/**
 * Declares a project of Bitwarden Secrets Manager as a store. The access token itself comes into the cluster by other
 * means (SOPS, or by hand): it is what opens the store.
 *
 * @throws TypeError for a missing ID, or a server that is not HTTPS: secrets would cross the network in the clear, and
 * the operator refuses it.
 * @example
 * ```ts
 * import { bitwarden } from "@idstack/external-secrets";
 * console.log(bitwarden({ organization: "3f0c…", project: "91ab…" }).server);
 * ```
 */
export function bitwarden(options: BitwardenOptions): BitwardenStore {
  const { organization, project, server = BITWARDEN_DEFAULTS.server, apiUrl, identityUrl } = options;
  if (organization.trim() === "") throw new TypeError("bitwarden: organization is empty");
  if (project.trim() === "") throw new TypeError("bitwarden: project is empty");
  for (const [key, url] of Object.entries({ server, apiUrl, identityUrl })) {
    if (url !== undefined) assertHttps(url, `bitwarden: ${key}`);
  }
  const { namespace } = BITWARDEN_DEFAULTS;
  const { ca = {} } = options;
  return {
    provider: "bitwarden",
    organization,
    project,
    server,
    credentials: checkedKey({ ...BITWARDEN_DEFAULTS.credentials, namespace, ...options.credentials }, "credentials"),
    ca: "bundle" in ca ? { bundle: ca.bundle } : checkedKey({ ...BITWARDEN_DEFAULTS.ca, namespace, ...ca }, "ca"),
    ...(apiUrl !== undefined && { apiUrl }),
    ...(identityUrl !== undefined && { identityUrl }),
  };
}

function assertHttps(url: string, where: string): void {
  if (!URL.canParse(url) || new URL(url).protocol !== "https:") {
    throw new TypeError(`${where}: "${url}" is not an https:// address`);
  }
}

function checkedKey<T extends Omit<KeyRef, "kind">>(ref: T, where: string): T {
  assertName(ref.name, `bitwarden: ${where}.name`);
  assertLabel(ref.namespace, `bitwarden: ${where}.namespace`);
  if (!/^[-._a-zA-Z0-9]+$/.test(ref.key)) throw new TypeError(`bitwarden: ${where}.key: "${ref.key}" is not a key`);
  return ref;
}
