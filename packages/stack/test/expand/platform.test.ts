import { getAt } from "@idstack/manifests";
import { expect, test } from "vitest";
import { expand, type StackDeclaration } from "../../src/index.ts";
import { base, full, onKubernetes, render, small, stackOf, without } from "../fixtures.ts";

const objects = render(full);
const values = (declaration: StackDeclaration, release: string, ...path: string[]) =>
  getAt(render(declaration).get(`Application argocd/${release}`), ["spec", "source", "helm", "valuesObject", ...path]);

test("each part of the platform is one release of a fixed version", () => {
  const releases = [...objects.values()].filter((object) => getAt(object, ["spec", "source", "chart"]) !== undefined);
  expect(releases.map(({ metadata }) => metadata?.name)).toEqual([
    "cilium",
    "cert-manager",
    "argocd",
    "tetragon",
    "external-secrets",
    "cloudnative-pg",
    "plugin-barman-cloud",
    "traefik",
    "spire-crds",
    "spire",
    "authentik",
  ]);
  for (const release of releases)
    expect(getAt(release, ["spec", "source", "targetRevision"])).toMatch(/^v?\d+\.\d+\.\d+$/);
});

test("without a platform there is nothing but DNS and the services", () => {
  const { endpoints } = expand(stackOf(small));
  expect(endpoints.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(["kube-system/coredns"]);
});

test("Cilium reaches the API server where it is, encrypts by default, and takes the pods' family of addresses", () => {
  expect(values(full, "cilium")).toMatchObject({
    cluster: { name: "home" },
    k8sServiceHost: "192.168.1.10",
    k8sServicePort: 6443,
    encryption: { enabled: true, type: "wireguard" },
    ipam: { operator: { clusterPoolIPv4PodCIDRList: ["10.42.0.0/16"] } },
  });
  const six: StackDeclaration = {
    ...small,
    cluster: { ...base.cluster, podCidr: "fd42::/48", apiServer: "[fd00::10]:6444" },
    platform: { namespace: "apps", cilium: { encryption: "none" } },
  };
  expect(values(six, "cilium")).toMatchObject({
    k8sServiceHost: "fd00::10",
    k8sServicePort: 6444,
    ipv4: { enabled: false },
    ipv6: { enabled: true },
    ipam: { operator: { clusterPoolIPv6PodCIDRList: ["fd42::/48"] } },
  });
  expect(values(six, "cilium", "encryption")).toBeUndefined();
});

test("Argo CD behind Traefik leaves TLS to it, and alone keeps its own", () => {
  expect(values(full, "argocd", "configs", "params")).toEqual({ "server.insecure": true });
  const alone: StackDeclaration = { ...small, platform: { namespace: "apps", argoCd: {} } };
  expect(values(alone, "argocd", "configs", "params")).toEqual({ "server.insecure": false });
  expect([...render(alone).keys()].filter((ref) => ref.startsWith("IngressRoute"))).toEqual([]);
});

test("the SDK server runs where the store names the cluster, and nowhere else", () => {
  expect(values(full, "external-secrets", "bitwarden-sdk-server", "enabled")).toBe(true);
  expect(objects.has("Certificate infra/bitwarden-tls-certs")).toBe(true);
  const outside = {
    ...full,
    secretStore: { ...full.secretStore, server: "https://bitwarden.home.example.org" },
  } as StackDeclaration;
  expect(values(outside, "external-secrets", "bitwarden-sdk-server")).toBeUndefined();
  expect(render(outside).has("Certificate infra/bitwarden-tls-certs")).toBe(false);
});

test("certificates come from Let's Encrypt, an authority of one's own, or the one that cert-manager makes", () => {
  const issuer = (declaration: StackDeclaration) =>
    getAt(render(declaration).get("Certificate apps/web"), ["spec", "issuerRef", "name"]);
  const clusterIssuers = (declaration: StackDeclaration) =>
    [...render(declaration).keys()].filter((ref) => ref.startsWith("ClusterIssuer "));
  const internal = ["ClusterIssuer internal-ca-root", "ClusterIssuer internal-ca"];
  expect(issuer(full)).toBe("letsencrypt");
  expect(clusterIssuers(full)).toEqual([...internal, "ClusterIssuer letsencrypt"]);
  expect(issuer(onKubernetes)).toBe("ca");
  expect(clusterIssuers(onKubernetes)).toEqual([...internal, "ClusterIssuer ca"]);
  expect(render(onKubernetes).get("ClusterIssuer ca")).toMatchObject({ spec: { ca: { secretName: "home-ca" } } });
  expect(render(onKubernetes).has("ExternalSecret infra/dns01-token")).toBe(false);
  const made = { ...full, platform: { ...full.platform, certManager: { internalCa: {} } } } as StackDeclaration;
  expect(issuer(made)).toBe("internal-ca");
  expect(clusterIssuers(made)).toEqual(internal);
});

test("the store is open to the namespaces with secrets, and is not there when nobody has one", () => {
  const conditions = (declaration: StackDeclaration) =>
    getAt(render(declaration).get("ClusterSecretStore bitwarden"), ["spec", "conditions"]);
  expect(conditions(full)).toEqual([{ namespaces: ["apps", "infra", "security"] }]);
  const own = {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "more", namespace: "lab" },
    spec: {
      secretStoreRef: { kind: "ClusterSecretStore", name: "bitwarden" },
      data: [{ secretKey: "a", remoteRef: { key: "a" } }],
    },
  };
  expect(conditions({ ...full, objects: [own] })).toEqual([{ namespaces: ["apps", "infra", "lab", "security"] }]);
  const unused = {
    ...small,
    secretStore: full.secretStore,
    namespaces: { ...small.namespaces, infra: full.namespaces["infra"] },
    platform: { namespace: "infra", externalSecrets: {}, certManager: { ca: { secretName: "home-ca" } } },
  } as StackDeclaration;
  expect([...render(unused).keys()].filter((ref) => ref.startsWith("ClusterSecretStore"))).toEqual([]);
});

test("the backup plug-in is installed only for a database to back up", () => {
  expect(objects.has("Application argocd/plugin-barman-cloud")).toBe(true);
  const none: StackDeclaration = {
    ...without(full, "backups"),
    platform: { ...without(full.platform, "authentik"), namespace: "infra" },
    services: {
      web: { namespace: "apps", image: "web:1", port: 1, database: { size: "1Gi", backup: { none: "a cache" } } },
    },
  } as StackDeclaration;
  expect(render(none).has("Application argocd/plugin-barman-cloud")).toBe(false);
});

test("Authentik's requests are restricted where the plug-in reads them", () => {
  const name = "security/authentik-component-server-from-infra-traefik";
  expect(
    getAt(objects.get(`CiliumNetworkPolicy ${name}`), ["spec", "ingress", 0, "toPorts", 0, "rules", "http"]),
  ).toHaveLength(7);
  expect(render(onKubernetes).get(`NetworkPolicy ${name}`)).toMatchObject({
    spec: { ingress: [{ ports: [{ port: 9000, protocol: "TCP" }] }] },
  });
});

test("the API server is an entity to Cilium, and an address to every other plug-in", () => {
  expect(objects.get("CiliumNetworkPolicy apps/cluster-api-db-to-kube-apiserver")).toMatchObject({
    spec: { egress: [{ toEntities: ["kube-apiserver"], toPorts: [{ ports: [{ port: "6443", protocol: "TCP" }] }] }] },
  });
  expect(render(onKubernetes).get("NetworkPolicy apps/cluster-api-db-to-cidr-fd00-10-128")).toMatchObject({
    spec: { egress: [{ to: [{ ipBlock: { cidr: "fd00::10/128" } }], ports: [{ port: 6444, protocol: "TCP" }] }] },
  });
});

test("shells are blocked in the declared namespaces, and not in databases", () => {
  const policies = [...objects.keys()].filter((ref) => ref.startsWith("TracingPolicy"));
  expect(policies).toEqual([
    "TracingPolicyNamespaced apps/block-shells-apps",
    "TracingPolicyNamespaced lab/block-shells-lab",
  ]);
  expect(getAt(objects.get("TracingPolicyNamespaced apps/block-shells-apps"), ["spec", "podSelector"])).toEqual({
    matchExpressions: [{ key: "cnpg.io/cluster", operator: "DoesNotExist" }],
  });
});

test("a namespace says why it is privileged", () => {
  expect(objects.get("Namespace infra")?.metadata).toMatchObject({
    labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    annotations: { "idstack.dev/justification": "SPIRE mounts host paths." },
  });
  expect(objects.get("Namespace apps")?.metadata?.labels).toMatchObject({
    "pod-security.kubernetes.io/enforce": "restricted",
  });
});
