import { expect, test } from "vitest";
import { authorizationTable, expand, serviceId } from "../../src/index.ts";
import { full, render, service, small, stackOf } from "../fixtures.ts";

const id = (path: string) => `spiffe://homelab.internal/ns/${path}`;

test("the table has a row for who serves mutual TLS and who calls it, sorted by ID", () => {
  expect(authorizationTable(full)).toEqual({
    [id("apps/sa/api")]: { accepts: [id("apps/sa/web"), id("security/sa/search")], calls: [] },
    [id("apps/sa/web")]: { accepts: [], calls: [id("apps/sa/api")] },
    [id("security/sa/search")]: { accepts: [], calls: [id("apps/sa/api")] },
  });
  expect(Object.keys(authorizationTable(full))).toEqual(Object.keys(authorizationTable(full)).sort());
  expect(expand(stackOf(full)).authorization).toEqual(authorizationTable(full));
});

test("without mutual TLS nobody is in the table", () => {
  expect(authorizationTable(small)).toEqual({});
});

test("a server that nobody calls accepts nobody", () => {
  const alone = { ...full, services: { api: service(full, "api") } };
  expect(authorizationTable(alone)).toEqual({ [id("apps/sa/api")]: { accepts: [], calls: [] } });
});

test("an ID is of a declared service", () => {
  expect(serviceId(full, "search")).toBe(id("security/sa/search"));
  expect(() => serviceId(full, "serch")).toThrow(new TypeError('serviceId: there is no service "serch"'));
  expect(() => serviceId(full, "constructor")).toThrow(TypeError);
});

test("each row has a registration, by namespace and label, and no other pod has one", () => {
  const objects = render(full);
  expect([...objects.keys()].filter((ref) => ref.startsWith("ClusterSPIFFEID"))).toEqual([
    "ClusterSPIFFEID apps-api",
    "ClusterSPIFFEID security-search",
    "ClusterSPIFFEID apps-web",
  ]);
  expect(objects.get("ClusterSPIFFEID apps-api")).toMatchObject({
    spec: {
      spiffeIDTemplate: "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}",
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["apps"] }],
      },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "api" } },
      dnsNameTemplates: ["api", "api.apps.svc"],
    },
  });
});

test("SPIRE's own files name the trust domain, the cluster and the lifetimes", () => {
  const files = new Map(expand(stackOf(full)).files.map(({ path, text }) => [path, text]));
  expect([...files.keys()]).toEqual(["_spire/server.conf", "_spire/agent.conf"]);
  expect(files.get("_spire/server.conf")).toContain('trust_domain = "homelab.internal"');
  expect(files.get("_spire/server.conf")).toContain('"service_account_allow_list" = ["infra:spire-agent"]');
  expect(files.get("_spire/agent.conf")).toContain('server_address = "spire-server.infra.svc"');
  expect(expand(stackOf(small)).files).toEqual([]);
});
