import { getAt } from "@idstack/manifests";
import { expect, test } from "vitest";
import { expand, type StackDeclaration, secret } from "../../src/index.ts";
import { full, render, service, small } from "../fixtures.ts";

const objects = render(full);
const environment = (name: string) => getAt(objects.get(name), ["spec", "template", "spec", "containers", 0, "env"]);

test("a plain service is an account, a Deployment and a Service", () => {
  const found = [...render(small).keys()].filter((ref) => / apps\/web$/.test(ref));
  expect(found).toEqual(["ServiceAccount apps/web", "Deployment apps/web", "Service apps/web"]);
});

test("the container gets its port, its secrets, its database, and then its own variables in their order", () => {
  expect(environment("Deployment apps/web")).toEqual([
    { name: "PORT", value: "8080" },
    { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "web", key: "API_TOKEN" } } },
    { name: "A_FIRST", valueFrom: { secretKeyRef: { name: "web", key: "A_FIRST" } } },
    { name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: "web-db-app", key: "uri" } } },
    { name: "IDSTACK_AUTHORIZATION", value: "/etc/idstack/authorization.json" },
    { name: "GREETING", value: "hello" },
    { name: "MESSAGE", value: "$(GREETING) from $(API_TOKEN)" },
    { name: "SPIFFE_ENDPOINT_SOCKET", value: "unix:///spiffe-workload-api/spire-agent.sock" },
  ]);
});

test("no value of a secret is in any object, only its name in the store", () => {
  expect(objects.get("ExternalSecret apps/web")).toMatchObject({
    spec: {
      secretStoreRef: { kind: "ClusterSecretStore", name: "bitwarden" },
      data: [
        { secretKey: "API_TOKEN", remoteRef: { key: "web-token" } },
        { secretKey: "A_FIRST", remoteRef: { key: "web-first" } },
      ],
    },
  });
  expect([...objects.keys()].filter((ref) => ref.startsWith("Secret "))).toEqual([]);
});

test("a service without mutual TLS has neither identity nor table", () => {
  expect(environment("Deployment lab/probe")).toEqual([{ name: "PORT", value: "7000" }]);
  expect(objects.has("ConfigMap lab/probe-authorization")).toBe(false);
  expect(objects.has("ClusterSPIFFEID lab-probe")).toBe(false);
});

test("who serves mutual TLS, and who calls it, reads a row of the table", () => {
  const row = (ref: string) => JSON.parse(String(getAt(objects.get(ref), ["data", "authorization.json"])));
  const [api, search, web] = ["apps/sa/api", "security/sa/search", "apps/sa/web"].map(
    (path) => `spiffe://homelab.internal/ns/${path}`,
  ) as [string, string, string];
  expect(row("ConfigMap apps/api-authorization")).toEqual({ [api]: { accepts: [web, search], calls: [] } });
  expect(row("ConfigMap security/search-authorization")).toEqual({ [search]: { accepts: [], calls: [api] } });
  expect(getAt(objects.get("Service apps/api"), ["spec", "ports", 0, "appProtocol"])).toBe("https");
});

test("a changed table starts new pods, and nothing else does", () => {
  const hash = (declaration: StackDeclaration, ref: string) =>
    getAt(render(declaration).get(ref), ["spec", "template", "metadata", "annotations", "idstack.dev/authorization"]);
  const fewer = {
    ...full,
    services: { ...full.services, search: { ...service(full, "search"), calls: ["probe"] } },
  };
  expect(hash(full, "Deployment apps/api")).toMatch(/^[0-9a-f]{16}$/);
  expect(hash(fewer, "Deployment apps/api")).not.toBe(hash(full, "Deployment apps/api"));
  expect(hash(fewer, "Deployment apps/web")).toBe(hash(full, "Deployment apps/web"));
});

test("replicas are as declared, one by default", () => {
  expect(getAt(objects.get("Deployment apps/api"), ["spec", "replicas"])).toBe(2);
  expect(getAt(objects.get("Deployment apps/web"), ["spec", "replicas"])).toBe(1);
});

test("a call from another namespace has a policy on each side that denies by default", () => {
  const names = [...objects.keys()].filter((ref) => ref.startsWith("CiliumNetworkPolicy"));
  expect(names).toContain("CiliumNetworkPolicy security/search-to-apps-api");
  expect(names).toContain("CiliumNetworkPolicy apps/api-from-security-search");
  expect(names).toContain("CiliumNetworkPolicy security/search-from-lab-probe");
  expect(names.filter((ref) => ref.startsWith("CiliumNetworkPolicy lab/"))).toEqual([]);
});

test("a restricted call is read where it arrives", () => {
  expect(objects.get("CiliumNetworkPolicy security/search-from-apps-web")).toMatchObject({
    spec: {
      endpointSelector: { matchLabels: { "app.kubernetes.io/name": "search" } },
      ingress: [
        {
          fromEndpoints: [
            { matchLabels: { "k8s:io.kubernetes.pod.namespace": "apps", "app.kubernetes.io/name": "web" } },
          ],
          toPorts: [
            { ports: [{ port: "9200", protocol: "TCP" }], rules: { http: [{ method: "GET", path: "/v1/.*" }] } },
          ],
        },
      ],
    },
  });
});

test("destinations outside are allowed by name, IPv4 and IPv6 address", () => {
  const egress = (name: string) => getAt(objects.get(`CiliumNetworkPolicy apps/api-to-${name}`), ["spec", "egress"]);
  expect(egress("api.example.com")).toEqual([
    { toFQDNs: [{ matchName: "api.example.com" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] },
  ]);
  expect(egress("cidr-192-168-1-20-32")).toEqual([
    { toCIDRSet: [{ cidr: "192.168.1.20/32" }], toPorts: [{ ports: [{ port: "8123", protocol: "TCP" }] }] },
  ]);
  expect(egress("cidr-fd00-20-128")).toEqual([
    { toCIDRSet: [{ cidr: "fd00::20/128" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] },
  ]);
});

test("a namespace that is left open gets no policy, whatever its services do", () => {
  const open = {
    ...small,
    namespaces: { apps: { defaultDeny: false } },
    services: { ...small.services, web: { ...service(small, "web"), egress: ["api.example.com:443"] as const } },
  };
  expect([...render(open).keys()].filter((ref) => ref.includes("NetworkPolicy"))).toEqual([]);
});

test("a secret reference keeps its property and version", () => {
  const backups = { ...full.backups, credentials: secret("s3", { property: "keys", version: "2" }) };
  const extracted = render({ ...full, backups } as StackDeclaration).get("ExternalSecret apps/s3-backup");
  expect(getAt(extracted, ["spec", "dataFrom"])).toEqual([{ extract: { key: "s3", property: "keys", version: "2" } }]);
});

test("an image without a digest is a warning at its service", () => {
  const services = { ...small.services, web: { ...service(small, "web"), image: "ghcr.io/me/web:1.4.2" } };
  expect(expand({ declaration: { ...small, services } }).diagnostics).toEqual([
    expect.objectContaining({ code: "cluster/image-without-digest", severity: "warning", path: "services.web.image" }),
  ]);
});
