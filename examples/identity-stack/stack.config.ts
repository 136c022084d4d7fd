import { bitwarden, defineStack, secret } from "@idstack/stack";
import { whoami } from "./objects/whoami.ts";

export default defineStack({
  cluster: {
    name: "home",
    trustDomain: "homelab.internal",
    cni: "cilium",
    podCidr: "10.42.0.0/16",
    apiServer: "192.168.1.10:6443",
  },
  gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },

  secretStore: bitwarden({
    organization: "5f2d4c5e-1f0f-4c8b-9a52-0d6f2f6f3c11",
    project: "b7f1c8de-6a43-4b8e-8a10-3a1f4d8e2c77",
    server: "https://bitwarden-sdk-server.infra.svc:9998",
    credentials: { namespace: "infra" },
    ca: { namespace: "infra" },
  }),
  // The token that opens Bitwarden cannot come from Bitwarden: it is in this repository, encrypted.
  sops: {
    recipients: ["age1qdsraqjfzfv22s47ncm2mrz85zgtl3qvhxlvv5lsremtx6whjcpselnmel"],
    files: { "secrets/bitwarden-access-token.sops.yaml": "infra" },
  },
  backups: { bucket: "home-backups", endpoint: "https://s3.home.arpa", credentials: secret("s3-backup") },

  namespaces: {
    apps: { podSecurity: "restricted" },
    security: { podSecurity: "baseline" },
    infra: {
      podSecurity: "privileged",
      justification: "The SPIRE agent and the SPIFFE CSI driver mount host paths and see the node's processes.",
      defaultDeny: false,
    },
  },
  platform: {
    namespace: "infra",
    argoCd: { host: "argocd.home.arpa" },
    cilium: { encryption: "wireguard" },
    tetragon: {},
    spire: { x509SvidTtl: "1h", jwtSvidTtl: "5m", caTtl: "24h" },
    // home.arpa is no public domain. With one of your own: { acme: { email, zones: ["example.com"], token: secret("…") } }
    certManager: { internalCa: {} },
    traefik: {},
    cloudNativePg: {},
    externalSecrets: {},
    authentik: {
      namespace: "security",
      host: "auth.home.arpa",
      secretKey: secret("authentik-secret-key"),
      database: { size: "5Gi", instances: 2, backup: "daily" },
    },
  },
  runtime: { blockShells: ["apps"] },

  services: {
    web: {
      namespace: "apps",
      image: "ghcr.io/me/web:1.4.2@sha256:9b2a3f4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708",
      port: 8080,
      calls: ["api"],
      expose: { host: "web.home.arpa", sso: ["members"] },
    },
    api: {
      namespace: "apps",
      image: "ghcr.io/me/api:2.0.0@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
      port: 8443,
      mtls: true,
      egress: ["api.example.com:443"],
      secrets: { API_KEY: secret("api-key") },
    },
  },
  objects: whoami,
});
