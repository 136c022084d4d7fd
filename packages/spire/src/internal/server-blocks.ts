import { SpiffeId, TrustDomain } from "@idstack/spiffe";
import type { HclBlock, HclValue } from "../config/hcl.ts";
import type {
  BundleEndpoint,
  FederatedServer,
  ServerConfigOptions,
  ServerNodeAttestor,
} from "../config/server-options.ts";

const DATA_DIR = "/run/spire/data";

/** Attributes of the `server` block, the caller's own last. */
export function serverAttributes(options: ServerConfigOptions): Record<string, HclValue | undefined> {
  return {
    trust_domain: TrustDomain.parse(options.trustDomain).name,
    bind_address: options.bindAddress ?? "0.0.0.0",
    bind_port: options.bindPort ?? 8081,
    socket_path: options.socketPath ?? "/tmp/spire-server/private/api.sock",
    data_dir: options.dataDir ?? DATA_DIR,
    log_level: options.logLevel ?? "INFO",
    audit_log_enabled: true,
    ca_ttl: options.caTtl ?? "24h",
    default_x509_svid_ttl: options.x509SvidTtl ?? "1h",
    default_jwt_svid_ttl: options.jwtSvidTtl ?? "5m",
    jwt_issuer: options.jwtIssuer,
    ...options.server,
  };
}

/** Blocks inside `server`: the CA's subject and federation. */
export function serverBlocks({ caSubject, federation }: ServerConfigOptions): HclBlock[] {
  const list = (value: string | undefined) => (value === undefined ? undefined : [value]);
  const subject: HclBlock | undefined = caSubject && {
    type: "ca_subject",
    attributes: {
      country: list(caSubject.country),
      organization: list(caSubject.organization),
      common_name: caSubject.commonName,
    },
  };
  const blocks = [
    ...(federation?.endpoint === undefined ? [] : [bundleEndpoint(federation.endpoint)]),
    ...Object.entries(federation?.with ?? {}).map(([domain, server]) => federatesWith(domain, server)),
  ];
  return [
    ...(subject === undefined ? [] : [subject]),
    ...(blocks.length === 0 ? [] : [{ type: "federation", blocks }]),
  ];
}

export function serverPlugins(options: ServerConfigOptions): HclBlock[] {
  const dataDir = options.dataDir ?? DATA_DIR;
  const { keyManager = { type: "disk" }, bundleConfigMap, publishBundle } = options;
  const key = keyManager.type === "disk" ? { keys_path: keyManager.path ?? `${dataDir}/keys.json` } : {};
  return [
    plugin("DataStore", "sql", {
      database_type: "sqlite3",
      connection_string: options.database ?? `${dataDir}/datastore.sqlite3`,
    }),
    plugin("KeyManager", keyManager.type, key),
    ...options.nodeAttestors.map(nodeAttestor),
    ...(bundleConfigMap === undefined
      ? []
      : [
          plugin("Notifier", "k8sbundle", {
            namespace: bundleConfigMap.namespace,
            config_map: bundleConfigMap.name,
            config_map_key: bundleConfigMap.key ?? "bundle.crt",
          }),
        ]),
    ...(publishBundle === undefined ? [] : [publisher(publishBundle)]),
    ...(options.plugins ?? []),
  ];
}

export function plugin(type: string, name: string, data: Record<string, HclValue | undefined>): HclBlock {
  return { type, label: name, blocks: [{ type: "plugin_data", attributes: data }] };
}

function nodeAttestor(attestor: ServerNodeAttestor): HclBlock {
  if (attestor.type === "join_token") return plugin("NodeAttestor", "join_token", {});
  const clusters = Object.entries(attestor.clusters).map(([name, { serviceAccounts, audience }]) => [
    name,
    {
      service_account_allow_list: [...serviceAccounts],
      ...(audience === undefined ? {} : { audience: [...audience] }),
    },
  ]);
  return plugin("NodeAttestor", "k8s_psat", { clusters: Object.fromEntries(clusters) });
}

function publisher(configMap: NonNullable<ServerConfigOptions["publishBundle"]>): HclBlock {
  const { namespace, name, key = "bundle.spiffe" } = configMap;
  const cluster = { namespace, configmap_name: name, configmap_key: key, format: "spiffe" };
  return plugin("BundlePublisher", "k8s_configmap", { clusters: { local: cluster } });
}

function bundleEndpoint({ address = "0.0.0.0", port = 8443, servingCert }: BundleEndpoint): HclBlock {
  const profile: HclBlock =
    servingCert === undefined
      ? { type: "profile", label: "https_spiffe" }
      : {
          type: "profile",
          label: "https_web",
          blocks: [
            {
              type: "serving_cert_file",
              attributes: {
                cert_file_path: servingCert.cert,
                key_file_path: servingCert.key,
                // SPIRE's default by its documentation, but it refuses a file without it.
                file_sync_interval: "1h",
              },
            },
          ],
        };
  return { type: "bundle_endpoint", attributes: { address, port }, blocks: [profile] };
}

function federatesWith(domain: string, { url, endpointSpiffeId }: FederatedServer): HclBlock {
  const profile: HclBlock = { type: "bundle_endpoint_profile", label: "https_web" };
  const spiffe = (id: string): HclBlock => ({
    type: "bundle_endpoint_profile",
    label: "https_spiffe",
    attributes: { endpoint_spiffe_id: SpiffeId.parse(id).toString() },
  });
  return {
    type: "federates_with",
    label: TrustDomain.parse(domain).name,
    attributes: { bundle_endpoint_url: url },
    blocks: [endpointSpiffeId === undefined ? profile : spiffe(endpointSpiffeId)],
  };
}

/** `health_checks` on a port; both programs take the same block. */
export function healthChecks(port: number | false): HclBlock[] {
  if (port === false) return [];
  const attributes = {
    listener_enabled: true,
    bind_address: "0.0.0.0",
    bind_port: String(port),
    live_path: "/live",
    ready_path: "/ready",
  };
  return [{ type: "health_checks", attributes }];
}
