/** Lifetimes in seconds; SPIRE's own defaults where nothing is said. */
export interface SpireTtl {
  readonly x509Svid?: number;
  readonly jwtSvid?: number;
  readonly ca?: number;
  /** Of the agent's own SVID. */
  readonly agent?: number;
}

/** Addresses and paths that a server's configuration has to use. */
export interface SpireServerFacts {
  readonly trustDomain: string;
  readonly bindAddress: string;
  readonly bindPort: number;
  readonly socketPath: string;
  readonly dataDirectory: string;
  readonly bundleEndpointPort: number;
  /** Servers that it is to federate with. */
  readonly federatesWith: readonly { readonly trustDomain: string; readonly bundleEndpointUrl: string }[];
  readonly ttl: SpireTtl;
}

/** Addresses and paths that an agent's configuration has to use. */
export interface SpireAgentFacts {
  readonly trustDomain: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly socketPath: string;
  readonly adminSocketPath: string;
  readonly dataDirectory: string;
  /** PEM bundle of the server, written before the agent starts. */
  readonly trustBundlePath: string;
}

/** HCL of a server that needs nothing but its directory. HCL wants each attribute on a line of its own. */
export function renderServerConfig(facts: SpireServerFacts): string {
  const { ttl } = facts;
  return `server {
  bind_address = ${quote(facts.bindAddress)}
  bind_port = ${facts.bindPort}
  socket_path = ${quote(facts.socketPath)}
  trust_domain = ${quote(facts.trustDomain)}
  data_dir = ${quote(facts.dataDirectory)}
${seconds("ca_ttl", ttl.ca)}${seconds("agent_ttl", ttl.agent)}${seconds("default_x509_svid_ttl", ttl.x509Svid)}${seconds("default_jwt_svid_ttl", ttl.jwtSvid)}
  # Entries reach the agents within about two seconds instead of ten.
  experimental {
    cache_reload_interval = "1s"
  }

  federation {
    bundle_endpoint {
      address = ${quote(facts.bindAddress)}
      port = ${facts.bundleEndpointPort}
      refresh_hint = "10s"
      profile "https_spiffe" {
      }
    }
${facts.federatesWith.map(renderFederation).join("")}  }
}

plugins {
  DataStore "sql" {
    plugin_data {
      database_type = "sqlite3"
      connection_string = ${quote(`${facts.dataDirectory}/datastore.sqlite3`)}
    }
  }
  NodeAttestor "join_token" {
    plugin_data {
    }
  }
  KeyManager "disk" {
    plugin_data {
      keys_path = ${quote(`${facts.dataDirectory}/keys.json`)}
    }
  }
}
`;
}

/** HCL of an agent that keeps its key on disk, so it can be restarted without another join token. */
export function renderAgentConfig(facts: SpireAgentFacts): string {
  return `agent {
  trust_domain = ${quote(facts.trustDomain)}
  server_address = ${quote(facts.serverAddress)}
  server_port = ${facts.serverPort}
  socket_path = ${quote(facts.socketPath)}
  admin_socket_path = ${quote(facts.adminSocketPath)}
  data_dir = ${quote(facts.dataDirectory)}
  trust_bundle_path = ${quote(facts.trustBundlePath)}

  experimental {
    sync_interval = "1s"
  }
}

plugins {
  NodeAttestor "join_token" {
    plugin_data {
    }
  }
  KeyManager "disk" {
    plugin_data {
      directory = ${quote(facts.dataDirectory)}
    }
  }
  WorkloadAttestor "unix" {
    plugin_data {
    }
  }
}
`;
}

function renderFederation(peer: SpireServerFacts["federatesWith"][number]): string {
  return `    federates_with ${quote(peer.trustDomain)} {
      bundle_endpoint_url = ${quote(peer.bundleEndpointUrl)}
      bundle_endpoint_profile "https_spiffe" {
        endpoint_spiffe_id = ${quote(`spiffe://${peer.trustDomain}/spire/server`)}
      }
    }
`;
}

function seconds(key: string, value: number | undefined): string {
  return value === undefined ? "" : `  ${key} = "${value}s"\n`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
