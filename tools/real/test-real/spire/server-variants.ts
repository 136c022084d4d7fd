import type { ServerConfigOptions } from "@idstack/spire";

const psat: ServerConfigOptions = {
  trustDomain: "homelab.internal",
  nodeAttestors: [{ type: "k8s_psat", clusters: { home: { serviceAccounts: ["spire:spire-agent"] } } }],
};
const token: ServerConfigOptions = { trustDomain: "homelab.internal", nodeAttestors: [{ type: "join_token" }] };
const other = "other.internal";
/** With what HCL has a meaning for. */
const odd = ['Home "lab"', "\\", "$", "{x}"].join("");
const endpointSpiffeId = `spiffe://${other}/spire/server`;

/** Every option that `serverConfig` offers, in every form it takes; but for a web certificate, which has to be there. */
export const serverVariants: Readonly<Record<string, ServerConfigOptions>> = {
  "join tokens": token,
  "one Kubernetes cluster": psat,
  "two clusters, an audience and join tokens": {
    ...psat,
    nodeAttestors: [
      {
        type: "k8s_psat",
        clusters: {
          home: { serviceAccounts: ["spire:spire-agent", "infra:spire-agent"], audience: ["spire", "other"] },
          "cluster.two": { serviceAccounts: ["spire:agent"], audience: [] },
        },
      },
      { type: "join_token" },
    ],
  },
  "keys in memory": { ...token, keyManager: { type: "memory" } },
  "keys in a file of its own": { ...token, keyManager: { type: "disk", path: "/run/spire/keys/keys.json" } },
  "another data folder": { ...token, dataDir: "/var/lib/spire", database: "/var/lib/spire-db/server.sqlite3" },
  addresses: { ...token, bindAddress: "127.0.0.1", bindPort: 18081, socketPath: "/run/spire/server.sock" },
  "a log level": { ...token, logLevel: "DEBUG" },
  lifetimes: { ...token, caTtl: "72h", x509SvidTtl: "1h30m", jwtSvidTtl: "90s" },
  "a CA subject": { ...token, caSubject: { country: "DE", organization: odd, commonName: "CA" } },
  "a CA subject of a common name": { ...token, caSubject: { commonName: "homelab.internal" } },
  "a JWT issuer": { ...token, jwtIssuer: "https://oidc.homelab.internal" },
  "the bundle in a ConfigMap": { ...psat, bundleConfigMap: { namespace: "spire", name: "spire-bundle" } },
  "the bundle under another key": {
    ...psat,
    bundleConfigMap: { namespace: "spire", name: "spire-bundle", key: "ca.pem" },
  },
  "the published bundle": { ...psat, publishBundle: { namespace: "spire", name: "bundle" } },
  "both bundles": {
    ...psat,
    bundleConfigMap: { namespace: "spire", name: "spire-bundle" },
    publishBundle: { namespace: "spire", name: "bundle", key: "bundle.json" },
  },
  "a bundle endpoint with a SPIFFE ID": { ...token, federation: { endpoint: {} } },
  "a bundle endpoint on another port": { ...token, federation: { endpoint: { address: "127.0.0.1", port: 9443 } } },
  "a federated server with a SPIFFE ID": {
    ...token,
    federation: { with: { [other]: { url: "https://spire.other.internal:8443", endpointSpiffeId } } },
  },
  "a federated server with a web certificate": {
    ...token,
    federation: { with: { [other]: { url: "https://spire.other.internal/bundle" } } },
  },
  "both sides of several federations": {
    ...token,
    federation: {
      endpoint: { port: 8443 },
      with: {
        [other]: { url: "https://spire.other.internal:8443", endpointSpiffeId },
        "third.internal": { url: "https://third.internal/bundle.json" },
      },
    },
  },
  "no health endpoints": { ...token, healthPort: false },
  "health endpoints on another port": { ...token, healthPort: 18080 },
  "further settings": {
    ...token,
    server: { agent_ttl: "2h", ca_key_type: "ec-p384", admin_ids: ["spiffe://homelab.internal/admin"] },
  },
};
