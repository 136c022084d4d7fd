import type { VirtualEndpoint } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const pod = (name: string, namespace: string, extra = "") => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, ${namespace === "" ? "" : `namespace: ${namespace}, `}labels: { app: ${name} } }
spec: { ${extra}containers: [] }
---
`;
const cnp = (
  selector: string,
  rest = "ingress: [{ fromEntities: [cluster] }]",
  namespace = "apps",
) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: policy, namespace: ${namespace} }
spec:
  endpointSelector: ${selector}
  ${rest}
`;
const chart = (namespace: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: login, namespace: flux-system }
spec: { interval: 1h, targetNamespace: ${namespace}, chartRef: { kind: OCIRepository, name: authentik } }
---
`;
const endpoint = (labels: Record<string, string>): VirtualEndpoint => ({
  namespace: "apps",
  name: "made",
  labels,
  ports: [],
  source: "chart 1.0",
});

describe("policy-selects-nothing", () => {
  const only = { only: ["policy-selects-nothing"] };
  const messages = (yaml: string, endpoints: VirtualEndpoint[] = []) =>
    findings(yaml, { ...only, endpoints }).map(({ severity, message }) => `${severity}: ${message}`);
  const web = cnp("{ matchLabels: { app: web } }");

  it("knows pods of the namespace, by whatever prefix the selector uses", () => {
    expect(messages(pod("web", "apps") + web)).toEqual([]);
    expect(messages(pod("web", "apps") + cnp('{ matchLabels: { "k8s:app": web } }'))).toEqual([]);
    expect(
      messages(pod("web", "apps") + cnp("{ matchExpressions: [{ key: any:app, operator: In, values: [web, api] }] }")),
    ).toEqual([]);
  });

  it("points at the namespace where the labels are", () => {
    expect(messages(pod("web", "media") + pod("api", "apps") + web)).toEqual([
      "error: no pod of namespace `apps` has these labels; Pod media/web (test.yaml:1) in `media` has them",
    ]);
  });

  it("says plainly that nobody has the labels", () => {
    expect(messages(pod("api", "apps") + web)).toEqual(["error: no pod of namespace `apps` has these labels"]);
    expect(messages(web)).toEqual([
      "warning: no pod of namespace `apps` has these labels: nothing in this tree runs there",
    ]);
  });

  it("knows that no pod policy applies to pods on the host's network", () => {
    const [message] = messages(pod("web", "apps", "hostNetwork: true, ") + web);
    expect(message).toContain("uses the host's network");
  });

  it("does not guess about charts: named ones count, others leave it open", () => {
    const authentik = cnp("{ matchLabels: { app.kubernetes.io/name: authentik } }");
    expect(messages(chart("apps") + authentik)).toEqual([]);
    expect(messages(chart("security") + authentik)).toEqual([
      "error: no pod of namespace `apps` has these labels; HelmRelease flux-system/login (test.yaml:1) installs authentik in `security`",
    ]);
    expect(messages(chart("apps") + web)).toEqual([
      "info: no pod of namespace `apps` has these labels as far as is known; the pods that HelmRelease flux-system/login installs are not known",
    ]);
  });

  it("believes the virtual endpoints it is given", () => {
    expect(messages(web, [endpoint({ app: "web" })])).toEqual([]);
    expect(messages(web, [endpoint({ app: "api" })])).toHaveLength(1);
  });

  it("takes the pods announced for a chart for all of its pods", () => {
    const server = endpoint({ "app.kubernetes.io/name": "authentik", "app.kubernetes.io/component": "server" });
    const selecting = (component: string) =>
      cnp(`{ matchLabels: { app.kubernetes.io/name: authentik, app.kubernetes.io/component: ${component} } }`);
    expect(messages(chart("apps") + selecting("server"), [server])).toEqual([]);
    expect(messages(chart("apps") + selecting("servr"), [server])).toEqual([
      "error: no pod of namespace `apps` has these labels",
    ]);
  });

  it("knows the pods of databases and of other resources that operators make pods for", () => {
    const cluster =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db, namespace: apps }\nspec: { instances: 2 }\n---\n";
    expect(messages(cluster + cnp("{ matchLabels: { cnpg.io/cluster: db, cnpg.io/instanceRole: replica } }"))).toEqual(
      [],
    );
    expect(messages(cluster + cnp("{ matchLabels: { cnpg.io/cluster: db, cnpg.io/podRole: instanse } }"))).toHaveLength(
      1,
    );
    expect(messages(cluster + cnp("{ matchLabels: { cnpg.io/cluster: db, cnpg.io/jobRole: initdb } }"))).toEqual([]);
    const kafka = "apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata: { name: bus, namespace: apps }\n---\n";
    expect(messages(kafka + cnp("{ matchLabels: { strimzi.io/cluster: bus } }"))).toEqual([]);
  });

  it("allows for workloads that get their namespace later, and for labels that controllers add", () => {
    expect(messages(pod("web", "") + web)).toEqual([]);
    expect(
      messages(pod("web", "apps") + cnp("{ matchLabels: { app: web, statefulset.kubernetes.io/pod-name: web-0 } }")),
    ).toEqual([]);
  });

  it("leaves policies for all pods, and for nodes, alone", () => {
    expect(messages(cnp("{}"))).toEqual([]);
    const host =
      "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: { name: host }\nspec: { nodeSelector: { matchLabels: { a: b } }, ingress: [{}] }\n";
    expect(messages(host)).toEqual([]);
  });

  it("reads every rule of specs, and Kubernetes policies", () => {
    const specs = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: policy, namespace: apps }
specs:
  - { endpointSelector: { matchLabels: { app: api } }, ingress: [{}] }
  - { endpointSelector: { matchLabels: { app: web } }, ingress: [{}] }
`;
    expect(found(pod("api", "apps") + specs, only)).toEqual(["policy-selects-nothing 11"]);
    const np =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: np, namespace: apps }\nspec: { podSelector: { matchLabels: { app: web } } }\n";
    expect(found(pod("api", "apps") + np, only)).toEqual(["policy-selects-nothing 9"]);
  });
});

describe("http-rule-blocks-login", () => {
  const only = { only: ["http-rule-blocks-login"] };
  const rule = (http: string, labels = "app: authentik") =>
    cnp(
      `{ matchLabels: { ${labels} } }`,
      `ingress: [{ toPorts: [{ ports: [{ port: "9000" }], rules: { http: [${http}] } }] }]`,
      "security",
    );
  const count = (yaml: string) => found(yaml, only).length;

  it.each(["{ method: GET }", "{ method: GET, path: / }", "{ method: GET|HEAD }, { method: POST, path: / }"])(
    "finds %s",
    (http) => {
      expect(count(rule(http))).toBe(1);
    },
  );

  it.each([
    "{ method: GET|POST }",
    '{ path: "/.*" }',
    "{ method: GET }, { method: POST, path: /api/.* }",
    '{ method: ".*" }',
  ])("accepts %s", (http) => expect(count(rule(http))).toBe(0));

  it("is about login services alone", () => {
    expect(count(rule("{ method: GET }", "app: wiki"))).toBe(0);
    expect(count(rule("{ method: GET }", "app: oauth2-proxy"))).toBe(1);
  });

  it("sees that another policy for the same pods makes the restriction void, unless it is for metrics", () => {
    const other = (port: string) =>
      `---\n${cnp("{ matchLabels: { app: authentik } }", `ingress: [{ fromEntities: [cluster], toPorts: [{ ports: [{ port: "${port}" }] }] }]`, "security")}`;
    expect(count(rule("{ method: GET }") + other("9000"))).toBe(0);
    expect(count(rule("{ method: GET }") + other("9300"))).toBe(1);
  });
});

describe("the empty rule, read the Kubernetes way and the Cilium way", () => {
  const only = { only: ["network-policy-allows-everything", "cilium-policy-denies-everything"] };
  const np = (name: string, rules: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: apps }
spec: { podSelector: {}, policyTypes: [Ingress, Egress], ${rules} }
`;
  const named = (name: string, rules: string) => cnp("{}", rules).replace("name: policy", `name: ${name}`);

  it("in a NetworkPolicy it allows everything", () => {
    expect(found(np("deny-all", "ingress: [{}], egress: [{ to: [] }]"), only)).toHaveLength(2);
    expect(found(np("deny-all", "ingress: []"), only)).toEqual([]);
    expect(found(np("allow-all", "ingress: [{}]"), only)).toEqual([]);
    expect(found(np("deny-but-http", "ingress: [{ ports: [{ port: 80 }] }]"), only)).toEqual([]);
  });

  it("in a CiliumNetworkPolicy it denies everything", () => {
    expect(found(named("allow-all", "egress: [{}]"), only)).toEqual(["cilium-policy-denies-everything 6"]);
    expect(found(named("deny-all", "egress: [{}]"), only)).toEqual([]);
    expect(found(named("allow-all", "egress: [{}, { toEntities: [all] }]"), only)).toEqual([]);
  });
});
