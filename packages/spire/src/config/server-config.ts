import type { Diagnostic } from "@idstack/manifests";
import {
  checkLifetimes,
  impossiblePorts,
  repeatedPlugins,
  throwErrors,
  unknownSettings,
} from "../internal/check-settings.ts";
import { healthChecks, serverAttributes, serverBlocks, serverPlugins } from "../internal/server-blocks.ts";
import { SERVER_SETTINGS } from "../internal/settings.ts";
import { writeHcl } from "./hcl.ts";
import type { ServerConfigOptions } from "./server-options.ts";

/**
 * The `server.conf` of one SPIRE server.
 *
 * Audit logging is on, keys and the SQLite database are files in the data folder. Throws TypeError for every error that
 * {@link checkServerConfig} finds, and SpiffeError for a malformed trust domain or SPIFFE ID.
 *
 * @example
 * ```ts
 * import { serverConfig } from "@idstack/spire";
 * const text = serverConfig({
 *   trustDomain: "homelab.internal",
 *   nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: ["spire:spire-agent"] } } }],
 * });
 * console.log(text.includes('default_x509_svid_ttl = "1h"')); // true
 * ```
 */
export function serverConfig(options: ServerConfigOptions): string {
  throwErrors("serverConfig", checkServerConfig(options));
  return writeHcl([
    { type: "server", attributes: serverAttributes(options), blocks: serverBlocks(options) },
    { type: "plugins", blocks: serverPlugins(options) },
    ...healthChecks(options.healthPort ?? 8080),
  ]);
}

/**
 * Checks options of {@link serverConfig} without writing anything; paths are those of `server.conf`.
 *
 * - `spire/unknown-setting` (error): SPIRE would refuse to start; names the setting that was probably meant, and what
 *   replaced `default_svid_ttl`.
 * - `spire/duration`, `spire/svid-outlives-ca` (errors) and `spire/svid-cut-short` (warning): lifetimes.
 * - `spire/no-attestor` (error): no agent could ever join.
 * - `spire/plugin-twice`, `spire/port` (errors): SPIRE would refuse to start.
 * - `spire/bundle-endpoint-url` (error): a federated bundle that is not fetched over HTTPS.
 *
 * @example
 * ```ts
 * import { checkServerConfig } from "@idstack/spire";
 * const [finding] = checkServerConfig({
 *   trustDomain: "homelab.internal", nodeAttestors: [{ type: "join_token" }], server: { default_svid_ttl: "1h" },
 * });
 * console.log(finding?.path); // server.default_svid_ttl
 * ```
 */
export function checkServerConfig(options: ServerConfigOptions): Diagnostic[] {
  const attributes = serverAttributes(options);
  return [
    ...unknownSettings("server", attributes, SERVER_SETTINGS),
    ...checkLifetimes(attributes),
    ...checkAttestors(options),
    ...checkFederation(options),
    ...repeatedPlugins(serverPlugins(options)),
    ...impossiblePorts({
      "server.bind_port": attributes["bind_port"],
      "server.federation.bundle_endpoint.port": options.federation?.endpoint?.port,
      "health_checks.bind_port": options.healthPort,
    }),
  ];
}

function checkAttestors({ nodeAttestors }: ServerConfigOptions): Diagnostic[] {
  const path = "plugins.NodeAttestor";
  if (nodeAttestors.length === 0) {
    return [{ code: "spire/no-attestor", severity: "error", message: "no node attestor: no agent could join", path }];
  }
  if (nodeAttestors.some((attestor) => attestor.type === "k8s_psat" && Object.keys(attestor.clusters).length === 0)) {
    const message = "k8s_psat has no cluster: no agent could join by it";
    return [{ code: "spire/no-attestor", severity: "error", message, path: `${path}.clusters` }];
  }
  return nodeAttestors
    .flatMap((attestor) => (attestor.type === "k8s_psat" ? Object.entries(attestor.clusters) : []))
    .flatMap(([name, { serviceAccounts }]) => {
      const wrong = serviceAccounts.find((account) => !/^[^:\s]+:[^:\s]+$/.test(account));
      if (serviceAccounts.length > 0 && wrong === undefined) return [];
      const message =
        wrong === undefined
          ? `cluster ${name} accepts no service account: no agent could join`
          : `"${wrong}" of cluster ${name} is not a service account as namespace:name`;
      return [{ code: "spire/no-attestor", severity: "error", message, path: `${path}.clusters.${name}` }];
    });
}

function checkFederation({ federation }: ServerConfigOptions): Diagnostic[] {
  return Object.entries(federation?.with ?? {}).flatMap(([domain, { url }]) =>
    url.startsWith("https://")
      ? []
      : {
          code: "spire/bundle-endpoint-url",
          severity: "error",
          message: `the bundle of ${domain} comes from ${url}, which is not an HTTPS URL`,
          path: `server.federation.federates_with.${domain}.bundle_endpoint_url`,
        },
  );
}
