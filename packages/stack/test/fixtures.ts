import type { KubeObject } from "@idstack/manifests";
import { createCluster } from "@idstack/reach";
import {
  bitwarden,
  checkDeclaration,
  clusterFacts,
  expand,
  type Stack,
  type StackDeclaration,
  secret,
} from "../src/index.ts";

export const IMAGE = `ghcr.io/me/app:1.0.0@sha256:${"0123456789abcdef".repeat(4)}`;

/** What every declaration needs. */
export const base = {
  cluster: {
    name: "home",
    trustDomain: "homelab.internal",
    cni: "cilium",
    podCidr: "10.42.0.0/16",
    apiServer: "192.168.1.10",
  },
  gitops: { repo: "https://git.home.example.org/me/home.git", path: "rendered" },
} as const satisfies Partial<StackDeclaration>;

export const store = bitwarden({
  organization: "org",
  project: "project",
  server: "https://bitwarden-sdk-server.infra.svc:9998",
  credentials: { namespace: "infra" },
  ca: { namespace: "infra" },
});

export const infra = {
  podSecurity: "privileged",
  justification: "SPIRE mounts host paths.",
  defaultDeny: false,
} as const;

/** Two services, and nothing of the platform. */
export const small: StackDeclaration = {
  ...base,
  namespaces: { apps: {} },
  services: {
    web: { namespace: "apps", image: IMAGE, port: 8080, calls: ["api"] },
    api: { namespace: "apps", image: IMAGE, port: 8443 },
  },
};

/** Everything that can be declared, in four namespaces. */
export const full: StackDeclaration = {
  ...base,
  secretStore: store,
  sops: {
    recipients: ["age1qdsraqjfzfv22s47ncm2mrz85zgtl3qvhxlvv5lsremtx6whjcpselnmel"],
    files: { "secrets/token.sops.yaml": "infra" },
  },
  backups: { bucket: "home-backups", endpoint: "https://s3.home.example.org:9000", credentials: secret("s3") },
  namespaces: {
    infra,
    security: { podSecurity: "baseline" },
    apps: {},
    lab: { podSecurity: "baseline", defaultDeny: false },
  },
  platform: {
    namespace: "infra",
    argoCd: { host: "argocd.home.example.org" },
    cilium: {},
    tetragon: {},
    spire: { x509SvidTtl: "1h", caTtl: "24h" },
    certManager: { acme: { email: "me@home.example.org", zones: ["home.example.org"], token: secret("dns") } },
    traefik: { loadBalancerIp: "192.168.1.40" },
    cloudNativePg: {},
    externalSecrets: {},
    authentik: {
      namespace: "security",
      host: "auth.home.example.org",
      secretKey: secret("authentik"),
      database: { size: "5Gi", instances: 2, backup: "daily" },
    },
  },
  runtime: { blockShells: ["apps", "lab"] },
  services: {
    web: {
      namespace: "apps",
      image: IMAGE,
      port: 8080,
      calls: ["api", { service: "search", http: [{ method: "GET", path: "/v1/.*" }] }],
      expose: { host: "web.home.example.org", sso: ["members", "admins"] },
      env: { GREETING: "hello", MESSAGE: "$(GREETING) from $(API_TOKEN)" },
      secrets: { API_TOKEN: secret("web-token"), A_FIRST: secret("web-first") },
      database: { size: "1Gi", backup: { none: "a cache" } },
    },
    api: {
      namespace: "apps",
      image: IMAGE,
      port: 8443,
      mtls: true,
      replicas: 2,
      egress: ["api.example.com:443", "192.168.1.20:8123", "[fd00::20]:443"],
      database: { size: "5Gi", instances: 3, backup: "hourly" },
    },
    search: {
      namespace: "security",
      image: IMAGE,
      port: 9200,
      calls: ["api", "probe"],
      expose: { host: "search.home.example.org" },
    },
    probe: { namespace: "lab", image: IMAGE, port: 7000, calls: ["search"] },
  },
};

/** The same without what only Cilium enforces. */
export const onKubernetes: StackDeclaration = {
  ...full,
  cluster: { ...base.cluster, cni: "kubernetes", podCidr: "fd42::/48", apiServer: "[fd00::10]:6444" },
  backups: { bucket: "home-backups", endpoint: "https://[fd00::30]:9000", credentials: secret("s3") },
  platform: { ...without(full.platform, "cilium"), certManager: { ca: { secretName: "home-ca" } } } as NonNullable<
    StackDeclaration["platform"]
  >,
  services: {
    ...full.services,
    web: { ...service(full, "web"), calls: ["api", "search"] },
    api: { ...service(full, "api"), egress: ["192.168.1.20:8123"] },
  },
};

/** A stack of a declaration that has no errors. */
export function stackOf(declaration: StackDeclaration): Stack {
  const found = checkDeclaration(declaration);
  if (found.length > 0) throw new Error(found.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return { declaration };
}

/** Rendered objects, found by `Kind namespace/name`. */
export function render(declaration: StackDeclaration): Map<string, KubeObject> {
  return new Map(expand(stackOf(declaration)).objects.map(({ object }) => [refOf(object), object]));
}

export function refOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata?.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata?.name}`;
}

/** The evaluator's view of what a declaration renders. */
export function clusterOf(declaration: StackDeclaration) {
  const stack = stackOf(declaration);
  const { objects, endpoints } = expand(stack);
  return createCluster({ objects: objects.map(({ object }) => object), endpoints, facts: clusterFacts(stack) });
}

/** `path message help` of every error, one line each. */
export function errorsOf(declaration: unknown): string[] {
  return checkDeclaration(declaration).map(({ path, message, help }) =>
    [`${path}:`, message, help].filter(Boolean).join(" "),
  );
}

export function service(declaration: StackDeclaration, name: string) {
  const found = declaration.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

export function without<T extends object>(value: T | undefined, key: keyof T): Partial<T> {
  const { [key]: _, ...rest } = value ?? ({} as T);
  return rest as Partial<T>;
}
