import { type AgentConfigOptions, agentConfig, type ServerConfigOptions, serverConfig } from "@idstack/spire";
import { agentVariants } from "./agent-variants.ts";
import { serverVariants } from "./server-variants.ts";

/** A mistake, as options of ours and, since no builder writes it, as the text that it would be. */
export interface Wrong<Options> {
  readonly what: string;
  readonly options: Options;
  /** Of the finding. */
  readonly code: string;
  readonly wrong: string;
  /** SPIRE's words. */
  readonly says: RegExp;
}

const token = serverVariants["join tokens"] as ServerConfigOptions;
const psat = serverVariants["one Kubernetes cluster"] as ServerConfigOptions;
const federated = serverVariants["a federated server with a web certificate"] as ServerConfigOptions;
const agent = agentVariants["processes of a machine"] as AgentConfigOptions;

/** A sound text with one place changed. */
function changed(text: string, place: string | RegExp, replacement: string): string {
  const next = text.replace(place, replacement);
  if (next === text) throw new Error(`nothing to replace at ${place}`);
  return next;
}

const inServer = (place: string | RegExp, replacement: string) => changed(serverConfig(token), place, replacement);
const unix = 'WorkloadAttestor "unix" {\n        plugin_data {\n        }\n    }';
const joinToken = 'NodeAttestor "join_token" {\n        plugin_data {\n        }\n    }';

/** What our check and SPIRE refuse alike. */
export const wrongServers: readonly Wrong<ServerConfigOptions>[] = [
  {
    what: "a misspelt setting",
    options: { ...token, server: { log_fromat: "json" } },
    code: "spire/unknown-setting",
    wrong: inServer("audit_log_enabled", 'log_fromat = "json"\n    audit_log_enabled'),
    says: /unknown configuration detected/,
  },
  {
    what: "a setting of former releases",
    options: { ...token, server: { default_svid_ttl: "1h" } },
    code: "spire/unknown-setting",
    wrong: inServer("default_x509_svid_ttl", "default_svid_ttl"),
    says: /unknown configuration detected/,
  },
  {
    what: "a lifetime in days",
    options: { ...token, caTtl: "7d" },
    code: "spire/duration",
    wrong: inServer('ca_ttl = "24h"', 'ca_ttl = "7d"'),
    says: /unknown unit "d" in duration "7d"/,
  },
  {
    what: "a lifetime without a unit",
    options: { ...token, server: { default_x509_svid_ttl: 3600 } },
    code: "spire/duration",
    wrong: inServer('default_x509_svid_ttl = "1h"', "default_x509_svid_ttl = 3600"),
    says: /missing unit in duration "3600"/,
  },
  {
    what: "a port that is none",
    options: { ...token, bindPort: 99_999 },
    code: "spire/port",
    wrong: inServer("bind_port = 8081", "bind_port = 99999"),
    says: /invalid port/,
  },
  {
    what: "an attestor that is declared twice",
    options: { ...token, nodeAttestors: [{ type: "join_token" }, { type: "join_token" }] },
    code: "spire/plugin-twice",
    wrong: inServer(joinToken, `${joinToken}\n    ${joinToken}`),
    says: /"join_token" declared more than once/,
  },
  {
    what: "a cluster without service accounts",
    options: { ...token, nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: [] } } }] },
    code: "spire/no-attestor",
    wrong: changed(serverConfig(psat), '["spire:spire-agent"]', "[]"),
    says: /must have at least one service account/,
  },
  {
    what: "no cluster at all",
    options: { ...token, nodeAttestors: [{ type: "k8s_psat", clusters: {} }] },
    code: "spire/no-attestor",
    wrong: changed(serverConfig(psat), /clusters = \{[^}]*\}\s*\}/, "clusters = {}"),
    says: /No clusters configured/,
  },
  {
    what: "a federated bundle without TLS",
    options: { ...token, federation: { with: { "other.internal": { url: "http://spire.other.internal/bundle" } } } },
    code: "spire/bundle-endpoint-url",
    wrong: changed(serverConfig(federated), "https://", "http://"),
    says: /must use the HTTPS protocol/,
  },
];

/** What SPIRE takes, and we do not: nothing would come of it, or something else than what is said. */
export const stricterThanSpire: readonly Omit<Wrong<ServerConfigOptions>, "says">[] = [
  {
    what: "a server that no agent can join",
    options: { ...token, nodeAttestors: [] },
    code: "spire/no-attestor",
    wrong: inServer(`    ${joinToken}\n`, ""),
  },
  {
    what: "a service account without its namespace",
    options: { ...token, nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: ["agent"] } } }] },
    code: "spire/no-attestor",
    wrong: changed(serverConfig(psat), "spire:spire-agent", "agent"),
  },
  {
    what: "an SVID that outlives its CA",
    options: { ...token, x509SvidTtl: "48h" },
    code: "spire/svid-outlives-ca",
    wrong: inServer('default_x509_svid_ttl = "1h"', 'default_x509_svid_ttl = "48h"'),
  },
  {
    what: "a negative lifetime",
    options: { ...token, jwtSvidTtl: "-5m" },
    code: "spire/duration",
    wrong: inServer('default_jwt_svid_ttl = "5m"', 'default_jwt_svid_ttl = "-5m"'),
  },
  {
    what: "a health port that is none",
    options: { ...token, healthPort: 99_999 },
    code: "spire/port",
    wrong: inServer('bind_port = "8080"', 'bind_port = "99999"'),
  },
];

export const wrongAgents: readonly Wrong<AgentConfigOptions>[] = [
  {
    what: "a misspelt setting",
    options: { ...agent, agent: { soket_path: "/x" } },
    code: "spire/unknown-setting",
    wrong: changed(agentConfig(agent), "socket_path", "soket_path"),
    says: /unknown configuration detected/,
  },
  {
    what: "an attestor that is declared twice",
    options: { ...agent, workloadAttestors: [{ type: "unix" }, { type: "unix" }] },
    code: "spire/plugin-twice",
    wrong: changed(agentConfig(agent), unix, `${unix}\n    ${unix}`),
    says: /"unix" declared more than once/,
  },
  {
    what: "a port that is none",
    options: { ...agent, serverPort: 0 },
    code: "spire/port",
    wrong: changed(agentConfig(agent), "server_port = 8081", "server_port = 0"),
    says: /server_port must be configured/,
  },
];
