import { describe, expect, test } from "vitest";
import { checkServerConfig, type ServerConfigOptions, serverConfig } from "../../src/index.ts";

const base: ServerConfigOptions = {
  trustDomain: "homelab.internal",
  nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: ["spire:spire-agent"] } } }],
};

describe("serverConfig", () => {
  test("writes a complete server.conf", () => {
    const text = serverConfig({
      ...base,
      caSubject: { country: "DE", organization: "home", commonName: "homelab" },
      bundleConfigMap: { namespace: "spire", name: "spire-bundle" },
      publishBundle: { namespace: "spire", name: "spire-bundle-jwks" },
      federation: {
        endpoint: { port: 8443 },
        with: {
          "other.example": { url: "https://b.other.example", endpointSpiffeId: "spiffe://other.example/spire/server" },
          "web.example": { url: "https://web.example/bundle.json" },
        },
      },
    });
    expect(text).toMatchInlineSnapshot(`
      "server {
          trust_domain = "homelab.internal"
          bind_address = "0.0.0.0"
          bind_port = 8081
          socket_path = "/tmp/spire-server/private/api.sock"
          data_dir = "/run/spire/data"
          log_level = "INFO"
          audit_log_enabled = true
          ca_ttl = "24h"
          default_x509_svid_ttl = "1h"
          default_jwt_svid_ttl = "5m"
          ca_subject {
              country = ["DE"]
              organization = ["home"]
              common_name = "homelab"
          }
          federation {
              bundle_endpoint {
                  address = "0.0.0.0"
                  port = 8443
                  profile "https_spiffe" {
                  }
              }
              federates_with "other.example" {
                  bundle_endpoint_url = "https://b.other.example"
                  bundle_endpoint_profile "https_spiffe" {
                      endpoint_spiffe_id = "spiffe://other.example/spire/server"
                  }
              }
              federates_with "web.example" {
                  bundle_endpoint_url = "https://web.example/bundle.json"
                  bundle_endpoint_profile "https_web" {
                  }
              }
          }
      }

      plugins {
          DataStore "sql" {
              plugin_data {
                  database_type = "sqlite3"
                  connection_string = "/run/spire/data/datastore.sqlite3"
              }
          }
          KeyManager "disk" {
              plugin_data {
                  keys_path = "/run/spire/data/keys.json"
              }
          }
          NodeAttestor "k8s_psat" {
              plugin_data {
                  clusters = {
                      "home" = {
                          "service_account_allow_list" = ["spire:spire-agent"]
                      }
                  }
              }
          }
          Notifier "k8sbundle" {
              plugin_data {
                  namespace = "spire"
                  config_map = "spire-bundle"
                  config_map_key = "bundle.crt"
              }
          }
          BundlePublisher "k8s_configmap" {
              plugin_data {
                  clusters = {
                      "local" = {
                          "namespace" = "spire"
                          "configmap_name" = "spire-bundle-jwks"
                          "configmap_key" = "bundle.spiffe"
                          "format" = "spiffe"
                      }
                  }
              }
          }
      }

      health_checks {
          listener_enabled = true
          bind_address = "0.0.0.0"
          bind_port = "8080"
          live_path = "/live"
          ready_path = "/ready"
      }
      "
    `);
  });

  test("SPIRE on one machine: join tokens and keys in memory", () => {
    const text = serverConfig({
      ...base,
      nodeAttestors: [{ type: "join_token" }],
      keyManager: { type: "memory" },
      dataDir: "/tmp/spire",
      socketPath: "/tmp/spire/api.sock",
      bindAddress: "127.0.0.1",
      bindPort: 18081,
      healthPort: false,
      logLevel: "DEBUG",
    });
    expect(text).toContain('NodeAttestor "join_token" {');
    expect(text).toContain('KeyManager "memory" {');
    expect(text).toContain('connection_string = "/tmp/spire/datastore.sqlite3"');
    expect(text).toContain("bind_port = 18081");
    expect(text).not.toContain("health_checks");
  });

  test("rotation settings are those of SPIRE 1.15", () => {
    const text = serverConfig({ ...base, caTtl: "48h", x509SvidTtl: "2h", jwtSvidTtl: "10m" });
    expect(text).toContain('ca_ttl = "48h"');
    expect(text).toContain('default_x509_svid_ttl = "2h"');
    expect(text).toContain('default_jwt_svid_ttl = "10m"');
    expect(text).not.toContain("default_svid_ttl");
  });

  test("passthrough attributes and plug-ins come last", () => {
    const text = serverConfig({
      ...base,
      server: { log_format: "json", admin_ids: ["spiffe://homelab.internal/admin"] },
      plugins: [
        {
          type: "UpstreamAuthority",
          label: "disk",
          blocks: [{ type: "plugin_data", attributes: { key_file_path: "k" } }],
        },
      ],
    });
    expect(text).toContain('log_format = "json"');
    expect(text).toContain('UpstreamAuthority "disk" {');
  });

  test("a serving certificate selects the web profile", () => {
    const text = serverConfig({ ...base, federation: { endpoint: { servingCert: { cert: "c.pem", key: "k.pem" } } } });
    expect(text).toContain('profile "https_web" {');
    expect(text).toContain('cert_file_path = "c.pem"');
    // SPIRE cannot read a file without it, though it has a default.
    expect(text).toContain('file_sync_interval = "1h"');
  });

  test("a malformed trust domain or ID is refused", () => {
    expect(() => serverConfig({ ...base, trustDomain: "Homelab" })).toThrow(/trust domain/);
    const peer = { url: "https://b.other.example", endpointSpiffeId: "https://other.example" };
    expect(() => serverConfig({ ...base, federation: { with: { "other.example": peer } } })).toThrow(/SPIFFE ID/i);
  });
});

describe("checkServerConfig", () => {
  test("defaults are clean", () => {
    expect(checkServerConfig(base)).toEqual([]);
  });

  test("default_svid_ttl was removed, and the finding says what replaced it", () => {
    const options = { ...base, server: { default_svid_ttl: "1h" } };
    expect(checkServerConfig(options)).toEqual([
      {
        code: "spire/unknown-setting",
        severity: "error",
        message: "SPIRE 1.15 has no server setting default_svid_ttl",
        path: "server.default_svid_ttl",
        help: "It was removed in SPIRE 1.6.0: set default_x509_svid_ttl and default_jwt_svid_ttl.",
      },
    ]);
    expect(() => serverConfig(options)).toThrow(/server.default_svid_ttl.*set default_x509_svid_ttl/);
  });

  test("a misspelt passthrough setting is found with its path", () => {
    expect(checkServerConfig({ ...base, server: { log_fromat: "json" } })).toMatchObject([
      { code: "spire/unknown-setting", path: "server.log_fromat", help: "Did you mean log_format?" },
    ]);
  });

  test.each([
    ["an SVID that outlives its CA", { x509SvidTtl: "24h" }, "spire/svid-outlives-ca", "server.default_x509_svid_ttl"],
    ["a JWT that outlives its CA", { jwtSvidTtl: "30h" }, "spire/svid-outlives-ca", "server.default_jwt_svid_ttl"],
    ["a CA too short for the default SVID", { caTtl: "30m" }, "spire/svid-outlives-ca", "server.default_x509_svid_ttl"],
    ["no duration", { caTtl: "a day" }, "spire/duration", "server.ca_ttl"],
    ["a number in the passthrough", { server: { ca_ttl: 24 } }, "spire/duration", "server.ca_ttl"],
    ["a duration of zero", { jwtSvidTtl: "0s" }, "spire/duration", "server.default_jwt_svid_ttl"],
    ["no attestor", { nodeAttestors: [] }, "spire/no-attestor", "plugins.NodeAttestor"],
    [
      "no cluster",
      { nodeAttestors: [{ type: "k8s_psat", clusters: {} }] },
      "spire/no-attestor",
      "plugins.NodeAttestor.clusters",
    ],
    [
      "an attestor that is declared twice",
      { nodeAttestors: [{ type: "join_token" }, { type: "join_token" }] },
      "spire/plugin-twice",
      'plugins.NodeAttestor "join_token"',
    ],
    [
      "a plug-in that is there already",
      { plugins: [{ type: "KeyManager", label: "disk", blocks: [{ type: "plugin_data" }] }] },
      "spire/plugin-twice",
      'plugins.KeyManager "disk"',
    ],
    ["a port that is none", { bindPort: 99_999 }, "spire/port", "server.bind_port"],
    ["a health port of zero", { healthPort: 0 }, "spire/port", "health_checks.bind_port"],
    [
      "a bundle endpoint on half a port",
      { federation: { endpoint: { port: 8443.5 } } },
      "spire/port",
      "server.federation.bundle_endpoint.port",
    ],
    [
      "a service account without its namespace",
      { nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: ["spire-agent"] } } }] },
      "spire/no-attestor",
      "plugins.NodeAttestor.clusters.home",
    ],
    [
      "a federated bundle without TLS",
      { federation: { with: { "other.example": { url: "http://other.example" } } } },
      "spire/bundle-endpoint-url",
      "server.federation.federates_with.other.example.bundle_endpoint_url",
    ],
  ] as [string, Partial<ServerConfigOptions>, string, string][])("%s is an error", (_, wrong, code, path) => {
    const options = { ...base, ...wrong };
    expect(checkServerConfig(options)[0]).toMatchObject({ severity: "error", code, path });
    expect(() => serverConfig(options)).toThrow(TypeError);
  });

  test("an SVID that the CA rotation would cut short is a warning, and the file is still written", () => {
    const options = { ...base, x509SvidTtl: "5h" };
    expect(checkServerConfig(options)).toMatchObject([
      {
        code: "spire/svid-cut-short",
        severity: "warning",
        path: "server.default_x509_svid_ttl",
        help: "Set default_x509_svid_ttl to 4h or less, or ca_ttl to 30h or more.",
      },
    ]);
    expect(serverConfig(options)).toContain('default_x509_svid_ttl = "5h"');
  });

  test("no CA is long enough for more than a week", () => {
    expect(checkServerConfig({ ...base, caTtl: "8760h", x509SvidTtl: "200h" })).toMatchObject([
      { code: "spire/svid-cut-short", help: "Set default_x509_svid_ttl to 168h or less." },
    ]);
  });
});
