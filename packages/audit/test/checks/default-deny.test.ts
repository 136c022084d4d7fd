import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const deny = (namespace: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: ${namespace} }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
`;
const pod = (name: string, spec = "containers: []", namespace = "apps") => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { ${spec} }
---
`;
const egress = (app: string, rule: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: ${app}-egress, namespace: apps }
spec:
  endpointSelector: { matchLabels: { app: ${app} } }
  egress: [${rule}]
---
`;
const toDns =
  '{ toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns } }], toPorts: [{ ports: [{ port: "53" }] }] }';
const env = (name: string, value: string) => `containers: [{ name: c, env: [{ name: ${name}, value: "${value}" }] }]`;
const database = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db, namespace: data }
spec: { instances: 1 }
---
`;

describe("default-deny-without-dns", () => {
  const only = { only: ["default-deny-without-dns"] };

  it("names the pods at the policy", () => {
    const [finding] = findings(pod("web") + deny("apps"), only);
    expect(finding).toMatchObject({ line: 11, object: { name: "default-deny" } });
    expect(finding?.message).toBe("apps/web cannot ask the cluster's DNS: no rule allows port 53");
  });

  it("speaks up before the first pod is there", () => {
    expect(findings(deny("apps"), only)[0]?.message).toMatch(/^apps\/any-pod cannot/);
  });

  it("is silent without a default deny for egress, and with an allow", () => {
    expect(found(pod("web"), only)).toEqual([]);
    expect(found(pod("web") + deny("apps").replace(", Egress", ""), only)).toEqual([]);
    expect(found(pod("web") + deny("apps") + egress("web", toDns), only)).toEqual([]);
  });

  it("asks of a pod without DNS among others only if it has somewhere to go", () => {
    const others = pod("web") + deny("apps") + egress("web", toDns) + pod("cache");
    expect(found(others, only)).toEqual([]);
    expect(findings(others + egress("cache", "{ toEntities: [world] }"), only).map(({ message }) => message)).toEqual([
      "apps/cache cannot ask the cluster's DNS: no rule allows port 53",
    ]);
  });

  it("knows that policies do not bind pods on the host's network", () => {
    expect(found(pod("web", "hostNetwork: true, containers: []") + deny("apps"), only)).toEqual([]);
  });
});

describe("default-deny-without-database", () => {
  const only = { only: ["default-deny-without-database"] };
  const messages = (yaml: string) => findings(yaml, only).map(({ message }) => message);
  const cutOff = "apps/web may not connect to its database data/db on port 5432";

  it.each([
    ["an environment variable", env("DB_HOST", "db-rw.data.svc")],
    ["a URL", env("DATABASE_URL", "postgres://web@db-rw.data.svc.cluster.local:5432/web")],
    ["an argument", 'containers: [{ name: c, args: ["--db=db-ro.data"] }]'],
  ])("takes %s as evidence", (_, spec) => {
    expect(messages(database + pod("web", spec) + deny("apps"))[0]).toContain(cutOff);
  });

  it("takes a ConfigMap, and in its namespace the Secret of the operator, as evidence", () => {
    const map =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, namespace: apps }\ndata: { host: db-rw.data }\n---\n";
    const fromMap = "containers: [{ name: c, envFrom: [{ configMapRef: { name: web } }] }]";
    expect(messages(database + map + pod("web", fromMap) + deny("apps"))[0]).toContain(cutOff);
    const fromSecret = "containers: [{ name: c, envFrom: [{ secretRef: { name: db-app } }] }]";
    expect(messages(database.replace("data }", "apps }") + pod("web", fromSecret) + deny("apps"))).toHaveLength(2);
    expect(messages(database + pod("web", fromSecret) + deny("apps"))).toEqual([]);
  });

  it("finds the closed door on the database's side", () => {
    expect(messages(database + pod("web", env("DB_HOST", "db-rw.data.svc")) + deny("data"))).toEqual([
      "data/db may not be reached by apps/web on port 5432 (DB_HOST names db-rw): no rule allows this ingress",
    ]);
  });

  it("finds nothing with both sides open, and without evidence", () => {
    const open = egress("web", '{ toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": data } }] }');
    expect(messages(database + pod("web", env("DB_HOST", "db-rw.data.svc")) + deny("apps") + open)).toEqual([]);
    expect(messages(database + pod("web", env("DB_HOST", "db-rwx.data.svc")) + deny("apps"))).toEqual([]);
  });

  it("asks for the container's port of a database behind a Service", () => {
    const redis = `apiVersion: v1
kind: Service
metadata: { name: cache, namespace: apps }
spec: { selector: { app: redis }, ports: [{ port: 6379, targetPort: redis }] }
---
${pod("redis", "containers: [{ name: c, ports: [{ name: redis, containerPort: 16379 }] }]")}`;
    expect(messages(redis + pod("web", env("REDIS_HOST", "cache")) + deny("apps"))).toEqual([
      "apps/redis may not be reached by apps/web on port 16379 (REDIS_HOST names cache): no rule allows this ingress",
      "apps/web may not connect to its database apps/redis on port 16379 (REDIS_HOST names cache): no rule allows this egress",
    ]);
    expect(messages(redis + pod("web", env("MODE", "cache")) + deny("apps"))).toEqual([]);
  });
});

describe("default-deny-without-api-server", () => {
  const only = { only: ["default-deny-without-api-server"] };
  const binding =
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: b, namespace: apps }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: r }\nsubjects: [{ kind: ServiceAccount, name: web }]\n---\n";
  const bound = pod("web", "serviceAccountName: web, containers: []");

  it("takes a binding as evidence, unless the pod has no token", () => {
    expect(found(binding + bound + deny("apps"), only)).toHaveLength(1);
    expect(found(bound + deny("apps"), only)).toEqual([]);
    expect(
      found(
        binding + bound.replace("containers", "automountServiceAccountToken: false, containers") + deny("apps"),
        only,
      ),
    ).toEqual([]);
  });

  it("takes the instances of a database as evidence", () => {
    expect(found(database + deny("data"), only)).toHaveLength(1);
  });

  it("accepts the entity, and does not judge an address it does not know", () => {
    expect(found(binding + bound + deny("apps") + egress("web", "{ toEntities: [kube-apiserver] }"), only)).toEqual([]);
    const cidr = egress("web", "{ toCIDR: [192.168.1.10/32] }");
    expect(found(binding + bound + deny("apps") + cidr, only)).toEqual([]);
    const elsewhere = { ...only, facts: { apiServer: "192.168.1.20" } };
    expect(found(binding + bound + deny("apps") + cidr, elsewhere)).toHaveLength(1);
  });
});
