import { expect, test } from "vitest";
import { secret } from "../../src/index.ts";
import { base, errorsOf, full, IMAGE, small, store, without } from "../fixtures.ts";

const web = (settings: object) => ({
  ...small,
  services: { ...small.services, web: { ...small.services["web"], ...settings } },
});
const of = (name: string, settings: object) => ({
  ...full,
  services: { ...full.services, [name]: { ...full.services[name], ...settings } },
});
const platform = (settings: object) => ({ ...full, platform: { ...full.platform, ...settings } });
const http = (...rules: object[]) => web({ calls: [{ service: "api", http: rules }] });
const version = 'Write tag and digest: "registry/name:1.4.2@sha256:…".';

test.each<[string, unknown, string[]]>([
  [
    "a call to itself",
    web({ calls: ["web"] }),
    ["services.web.calls[0]: web calls itself. Remove it: a pod reaches itself."],
  ],
  [
    "a call to nobody",
    web({ calls: ["nobody"] }),
    ['services.web.calls[0]: there is no service "nobody". Declared are: web, api.'],
  ],
  [
    "a call twice, which voids its restriction",
    web({ calls: ["api", { service: "api", http: [{ method: "GET" }] }] }),
    ["services.web.calls[1]: names api a second time. Give one call all its rules."],
  ],
  [
    "a rule for every request",
    http({}),
    ["services.web.calls[0].http[0]: an empty rule allows every request; leave http out if that is meant."],
  ],
  [
    "a method in lower case",
    http({ method: "GET" }, { method: "get" }),
    ['services.web.calls[0].http[1].method: "get" never matches: methods are upper case.'],
  ],
  [
    "a path without a slash",
    http({ path: "v1" }),
    ['services.web.calls[0].http[0].path: "v1" never matches: paths begin with "/".'],
  ],
  [
    "a broken expression",
    http({ path: "/(" }),
    ['services.web.calls[0].http[0].path: "/(" is not a regular expression.'],
  ],
  [
    "requests inside mutual TLS",
    of("search", { calls: [{ service: "api", http: [{ method: "GET" }] }] }),
    [
      "services.search.calls[0].http: cannot be checked by the network inside mutual TLS. Check requests in the service, or drop `mtls`.",
    ],
  ],
  [
    "requests where nothing is enforced",
    { ...http({ method: "GET" }), namespaces: { apps: { defaultDeny: false } } },
    [
      'services.web.calls[0].http: is checked by nobody: neither "apps" nor "apps" denies by default. Leave `defaultDeny: false` out of one of them.',
    ],
  ],
  [
    "an image without a version",
    web({ image: "nginx" }),
    [`services.web.image: "nginx" names no version: what runs changes whenever a node pulls it. ${version}`],
  ],
  [
    "the image latest",
    web({ image: "nginx:latest" }),
    [`services.web.image: "nginx:latest" names no version: what runs changes whenever a node pulls it. ${version}`],
  ],
  ["an image that is none", web({ image: "a b" }), [`services.web.image: "a b" is not an image reference. ${version}`]],
  [
    "a name of the cluster as destination",
    web({ egress: ["api.apps.svc.cluster.local:80"] }),
    ["services.web.egress[0]: api.apps.svc.cluster.local is inside the cluster. Name the service in `calls`."],
  ],
  [
    "a pod's address as destination",
    web({ egress: ["10.42.1.2:80"] }),
    ["services.web.egress[0]: 10.42.1.2 is the address of a pod. Name the service in `calls`."],
  ],
  [
    "the API server as destination",
    web({ egress: ["192.168.1.10:6443"] }),
    [
      "services.web.egress[0]: 192.168.1.10 is the API server's node, which Cilium never matches by address. Add a policy with the entity `kube-apiserver` or `host` to `objects`.",
    ],
  ],
  [
    "a variable that is given",
    web({ env: { PORT: "1" } }),
    ["services.web.env.PORT: is set already, from `port`. Give yours another name."],
  ],
  [
    "variables of database, identity and secrets",
    of("api", {
      secrets: { DATABASE_URL: secret("x"), A: secret("a") },
      env: { A: "", SPIFFE_ENDPOINT_SOCKET: "", IDSTACK_AUTHORIZATION: "" },
    }),
    [
      "services.api.secrets.DATABASE_URL: is set already, from `database`. Give yours another name.",
      "services.api.env.A: is set already, from `secrets`. Give yours another name.",
      "services.api.env.SPIFFE_ENDPOINT_SOCKET: is set already, from the SPIFFE CSI driver. Give yours another name.",
      "services.api.env.IDSTACK_AUTHORIZATION: is set already, from `mtls` and `calls`. Give yours another name.",
    ],
  ],
  [
    "a database with a name that is too long",
    {
      ...full,
      services: {
        ["a".repeat(48)]: {
          namespace: "apps",
          image: IMAGE,
          port: 1,
          database: { size: "1Gi", backup: { none: "a cache" } },
        },
      },
    },
    [
      `services.${"a".repeat(48)}.database: "${"a".repeat(48)}-db" has more than the 50 characters that CloudNativePG takes. Shorten the name of the service.`,
    ],
  ],
  [
    "mutual TLS for browsers",
    of("api", { expose: { host: "api.home.example.org" } }),
    [
      "services.api.expose: is not possible with `mtls`: neither browsers nor Traefik have an SVID to show. Expose a service without `mtls` that calls this one.",
    ],
  ],
  [
    "a slug that Authentik reserves",
    {
      ...full,
      services: {
        ...full.services,
        token: {
          namespace: "apps",
          image: IMAGE,
          port: 1,
          expose: { host: "token.home.example.org", sso: ["members"] },
        },
      },
    },
    ['services.token.expose.sso: Authentik reserves the slug "token". Rename the service.'],
  ],
  [
    "a host twice",
    of("search", { expose: { host: "web.home.example.org" } }),
    ["services.search.expose.host: web.home.example.org is taken by services.web.expose.host."],
  ],
  [
    "the host of the platform",
    of("search", { expose: { host: "auth.home.example.org" } }),
    ["services.search.expose.host: auth.home.example.org is taken by platform.authentik.host."],
  ],
  [
    "a host without a zone",
    of("search", { expose: { host: "nothome.example.org" } }),
    [
      "services.search.expose.host: nothome.example.org is in none of the zones that certificates are issued for (home.example.org). Add its zone to `platform.certManager.acme.zones`.",
    ],
  ],
  [
    "certificates for a domain that is not public",
    platform({
      certManager: { acme: { email: "me@home.arpa", zones: ["home.example.org", "home.arpa"], token: secret("dns") } },
    }),
    [
      "platform.certManager.acme.zones[1]: home.arpa is no public domain, so Let's Encrypt signs none of its names. Use a domain of your own, or write `certManager: { internalCa: {} }`.",
    ],
  ],
  [
    "privileged pods without a reason",
    { ...small, namespaces: { apps: { podSecurity: "privileged" } } },
    ['namespaces.apps: runs privileged pods without saying why. Add `justification: "…"`.'],
  ],
  [
    "Cilium on another plug-in",
    { ...small, cluster: { ...base.cluster, cni: "kubernetes" }, platform: { namespace: "apps", cilium: {} } },
    [
      'platform.cilium: is installed, while `cluster.cni` is "kubernetes". Write `cni: "cilium"`, or leave `platform.cilium` out.',
    ],
  ],
  [
    "a name that Cilium refuses",
    { ...small, cluster: { ...base.cluster, name: "a".repeat(33) } },
    ["cluster.name: has more than the 32 characters that Cilium takes."],
  ],
  [
    "a password in the repository's address",
    { ...small, gitops: { ...base.gitops, repo: "https://me:hunter2@git.home.example.org/me/home.git" } },
    [
      "gitops.repo: holds a password, which would be rendered in plain text. Leave it out, and give Argo CD a repository Secret.",
    ],
  ],
  [
    "a platform that is cut off",
    { ...full, namespaces: { ...full.namespaces, infra: { podSecurity: "baseline" } } },
    [
      'platform.namespace: "infra" denies by default, which cuts off cert-manager, External Secrets, CloudNativePG, Traefik, SPIRE: charts bring no policies. Write `namespaces: { "infra": { defaultDeny: false } }`.',
      'platform.spire: mounts host paths, which "infra" does not admit. Write `podSecurity: "privileged"` there, with a `justification`.',
    ],
  ],
  [
    "SVIDs that outlive their authority",
    platform({ spire: { x509SvidTtl: "48h" } }),
    [
      "platform.spire.x509SvidTtl: x509SvidTtl (48h) is not shorter than caTtl (24h): no SVID outlives the CA that signed it. Set x509SvidTtl to 4h or less, or caTtl to 288h or more.",
    ],
  ],
  [
    "no cert-manager",
    { ...full, platform: without(full.platform, "certManager") },
    [
      "platform.authentik.database.backup: needs cert-manager, for the certificates of CloudNativePG's backup plug-in. Declare `platform.certManager`.",
      "platform.traefik: has no issuer for its certificates. Declare `platform.certManager`.",
      "secretStore: needs cert-manager, for the certificate of its SDK server. Declare `platform.certManager`.",
      "services.api.database.backup: needs cert-manager, for the certificates of CloudNativePG's backup plug-in. Declare `platform.certManager`.",
    ],
  ],
  [
    "no Traefik",
    { ...full, platform: without(full.platform, "traefik") },
    [
      "platform.argoCd.host: has no ingress. Declare `platform: { traefik: {} }`.",
      "platform.authentik.host: has no ingress. Declare `platform: { traefik: {} }`.",
      "services.web.expose: needs an ingress. Declare `platform: { traefik: {} }`.",
      "services.search.expose: needs an ingress. Declare `platform: { traefik: {} }`.",
    ],
  ],
  [
    "no CloudNativePG",
    { ...full, platform: without(full.platform, "cloudNativePg") },
    ["platform.authentik", "services.web", "services.api"].map(
      (owner) => `${owner}.database: needs CloudNativePG. Declare \`platform: { cloudNativePg: {} }\`.`,
    ),
  ],
  [
    "no Authentik",
    { ...full, platform: without(full.platform, "authentik") },
    ["services.web.expose.sso: needs Authentik. Declare `platform.authentik`."],
  ],
  [
    "no SPIRE",
    { ...full, platform: without(full.platform, "spire") },
    ["services.api.mtls: needs SPIRE. Declare `platform: { spire: {} }`."],
  ],
  [
    "no Tetragon",
    { ...full, platform: without(full.platform, "tetragon") },
    ["runtime.blockShells: needs Tetragon. Declare `platform: { tetragon: {} }`."],
  ],
  [
    "no operator for the store",
    { ...full, platform: without(full.platform, "externalSecrets") },
    ["secretStore: needs the External Secrets operator. Declare `platform: { externalSecrets: {} }`."],
  ],
  [
    "nowhere for backups to go",
    without(full, "backups"),
    ["platform.authentik", "services.api"].map(
      (owner) => `${owner}.database.backup: has nowhere to go. Declare \`backups: { bucket, endpoint, credentials }\`.`,
    ),
  ],
  [
    "backups inside the cluster",
    { ...full, backups: { ...full.backups, endpoint: "https://minio.infra.svc:9000" } },
    [
      "backups.endpoint: is inside the cluster: backups there are lost with it, and no policy can allow the name. Name an endpoint outside.",
    ],
  ],
  [
    "no store for any secret",
    without(full, "secretStore"),
    [
      "backups.credentials",
      "platform.certManager.acme.token",
      "platform.authentik.secretKey",
      "services.web.secrets.API_TOKEN",
      "services.web.secrets.A_FIRST",
    ].map((path) => `${path}: has no store to come from. Declare \`secretStore: bitwarden({ … })\`.`),
  ],
  [
    "a store elsewhere than its server runs",
    {
      ...full,
      secretStore: {
        ...store,
        server: "https://bitwarden-sdk-server.external-secrets.svc:9998",
        credentials: { ...store.credentials, namespace: "external-secrets" },
        ca: { ...store.ca, namespace: "external-secrets" },
      },
    },
    [
      'secretStore.credentials.namespace: namespace "external-secrets" is not declared. Declared are: infra, security, apps, lab.',
      'secretStore.server: is not where the SDK server runs: the platform\'s namespace is "infra". Write `server: "https://bitwarden-sdk-server.infra.svc:9998"`.',
      'secretStore.ca.namespace: is not where the SDK server\'s certificate is: the platform\'s namespace is "infra". Write `ca: { namespace: "infra" }`.',
    ],
  ],
  [
    "encrypted files in each other's place",
    {
      ...full,
      sops: {
        ...full.sops,
        files: { "a/x.yaml": "infra", "b/x.yaml": "infra", "c/x.yaml": "apps", "kustomization.yaml": "infra" },
      },
    },
    [
      'sops.files["b/x.yaml"]: has the file name of a/x.yaml in the same namespace. Rename one of them.',
      'sops.files["kustomization.yaml"]: has the name of a file that decrypts the others. Rename it.',
    ],
  ],
  [
    "shells where programs start through one",
    { ...full, runtime: { blockShells: ["apps", "apps", "security", "infra"] } },
    [
      'runtime.blockShells[1]: names "apps" a second time. Remove it.',
      'runtime.blockShells[2]: Authentik in "security" starts through a shell script. Leave this namespace out.',
      'runtime.blockShells[3]: Traefik in "infra" starts through a shell script. Leave this namespace out.',
    ],
  ],
])("%s", (_, declaration, expected) => {
  expect(errorsOf(declaration)).toEqual(expected);
});

test.each(["default", "kube-system", "kube-public", "kube-node-lease"])("the namespace %s is the cluster's", (name) => {
  expect(errorsOf({ ...small, namespaces: { ...small.namespaces, [name]: {} } })).toEqual([
    `namespaces.${name}: belongs to the cluster itself. Give yours another name.`,
  ]);
});

test("a store that runs outside the cluster needs no server, certificate or namespace of it", () => {
  const outside = { ...store, server: "https://bitwarden.home.example.org" };
  expect(errorsOf({ ...full, secretStore: outside })).toEqual([]);
});

test("other names for one host of a plug-in without entities are allowed", () => {
  const declaration = { ...small, cluster: { ...base.cluster, cni: "kubernetes" as const } };
  const services = { ...small.services, web: { ...small.services["web"], egress: ["192.168.1.10:6443"] } };
  expect(errorsOf({ ...declaration, services })).toEqual([]);
});
