import { describe, expect, test } from "vitest";
import { type KubeObject, parseManifests, validate } from "../../src/index.ts";

/** `[code, path, line]` of everything found in a YAML text. */
function findings(text: string): unknown[] {
  const { documents, patches, diagnostics } = parseManifests(text, { file: "x.yaml" });
  expect(diagnostics).toEqual([]);
  return validate([...documents, ...patches]).map(({ code, path, line }) => [code, path, line]);
}

const object = (apiVersion: string, kind: string, rest: object, name = "x"): KubeObject =>
  Object.assign({ apiVersion, kind, metadata: { name } }, rest);
const first = (value: KubeObject) => validate([value])[0];

const deployment = (pod: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: nginx
${pod}`;
const cnp = (spec: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: web
spec:
${spec}`;

describe("what the API server accepts", () => {
  test.each([
    [
      "int-or-string",
      deployment(
        "          livenessProbe:\n            httpGet: {port: http}\n          readinessProbe:\n            httpGet: {port: 80}\n",
      ),
    ],
    [
      "quantities as numbers and strings",
      deployment(
        '          resources:\n            limits: {cpu: 1, memory: 1.5Gi, "nvidia.com/gpu": "2"}\n            requests: {cpu: 250m, memory: 1e6}\n',
      ),
    ],
    ["null in a field", deployment("          env:\n          resources: {}\n          command: null\n")],
    [
      "creationTimestamp: null and an empty status",
      "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, creationTimestamp: null}\nspec:\n  selector: {}\n  template: {spec: {containers: []}}\nstatus: {}\n",
    ],
    [
      "one port twice with different protocols",
      deployment(
        "          ports:\n            - {containerPort: 53, protocol: UDP}\n            - {containerPort: 53}\n",
      ),
    ],
    [
      "unknown fields where they are preserved",
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec:\n  interval: 1h\n  chart: {spec: {chart: a, sourceRef: {kind: HelmRepository, name: b}}}\n  values: {anything: [goes, {here: 1}]}\n",
    ],
    [
      "a required field that has a default",
      "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\nspec:\n  secretName: s\n  issuerRef: {name: i}\n",
    ],
    [
      "a cluster role with colons",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:x:Y'}\nrules: []\n",
    ],
    [
      "generateName",
      "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\nspec: {template: {spec: {containers: []}}}\n",
    ],
    [
      "an empty text for an optional enum",
      deployment("          imagePullPolicy: ''\n          ports: [{containerPort: 80, protocol: ''}]\n"),
    ],
    [
      "a question to the server, which has no name",
      "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec: {}\n",
    ],
    [
      "examples and documentation in the schema of a custom resource",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\nspec:\n  group: b.c\n  scope: Cluster\n  names: {kind: A, plural: as}\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema: {openAPIV3Schema: {type: object, example: {a: 1}, externalDocs: {url: 'https://b.c'}}}\n",
    ],
    [
      "base64 with line breaks",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  k: |\n    aGVsbG8g\n    d29ybGQ=\n",
    ],
    [
      "Cilium rules",
      cnp(
        "  endpointSelector: {}\n  ingress:\n    - {}\n  egress:\n    - toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]\n      toPorts: [{ports: [{port: '443', protocol: TCP}]}]\n",
      ),
    ],
  ])("%s", (_, text) => {
    expect(findings(text)).toEqual([]);
  });
});

describe("what it refuses", () => {
  test.each([
    [
      "unknown field",
      deployment("          imagePulPolicy: Always\n"),
      [["unknown-field", "spec.template.spec.containers[0].imagePulPolicy", 17]],
    ],
    [
      "wrong type: number for a string",
      deployment("          env: [{name: A, value: 1}]\n"),
      [["wrong-type", "spec.template.spec.containers[0].env[0].value", 17]],
    ],
    [
      "wrong type: yes for a string",
      deployment("          env: [{name: A, value: yes}]\n"),
      [["wrong-type", "spec.template.spec.containers[0].env[0].value", 17]],
    ],
    [
      "wrong type: string for an integer",
      deployment('          ports: [{containerPort: "80"}]\n'),
      [["wrong-type", "spec.template.spec.containers[0].ports[0].containerPort", 17]],
    ],
    [
      "wrong type: mapping for a list",
      deployment("          ports: {containerPort: 80}\n"),
      [["wrong-type", "spec.template.spec.containers[0].ports", 17]],
    ],
    [
      "wrong type: null in a list of a custom resource",
      cnp("  endpointSelector: {}\n  egress:\n    -\n"),
      [["wrong-type", "spec.egress[0]", 8]],
    ],
    [
      "an empty item that lacks required fields",
      deployment("          env:\n            -\n"),
      [
        ["wrong-type", "spec.template.spec.containers[0].env[0]", 18],
        ["missing-field", "spec.template.spec.containers[0].env[0]", 18],
      ],
    ],
    [
      "an empty text for a required enum",
      deployment("          securityContext: {seccompProfile: {type: ''}}\n"),
      [["enum", "spec.template.spec.containers[0].securityContext.seccompProfile.type", 17]],
    ],
    [
      "missing spec: null counts as missing",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n",
      [["missing-field", "", 1]],
    ],
    [
      "a host name with a port, after a text that takes a careless pattern years",
      cnp(
        "  endpointSelector: {}\n  egress:\n    - toFQDNs: [{matchName: 'averylonghostnamewithoutanydotsinitatall.example.com:443'}]\n",
      ),
      [["pattern", "spec.egress[0].toFQDNs[0].matchName", 8]],
    ],
    [
      "missing field",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  volumes:\n    - emptyDir: {}\n",
      [
        ["missing-field", "spec.volumes[0]", 6],
        ["missing-field", "spec", 4],
      ],
    ],
    [
      "missing field: null counts as missing",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n",
      [["missing-field", "spec.containers", 5]],
    ],
    [
      "missing spec of a built-in kind",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
      [["missing-field", "", 1]],
    ],
    [
      "enum",
      deployment("          imagePullPolicy: always\n"),
      [["enum", "spec.template.spec.containers[0].imagePullPolicy", 17]],
    ],
    [
      "bounds by int32",
      deployment("          ports: [{containerPort: 4294967296}]\n"),
      [["bounds", "spec.template.spec.containers[0].ports[0].containerPort", 17]],
    ],
    [
      "quantity",
      deployment("          resources: {limits: {memory: 1 GB}}\n"),
      [["format", "spec.template.spec.containers[0].resources.limits.memory", 17]],
    ],
    ["base64", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: not base64}\n", [["format", "data.k", 4]]],
    [
      "date",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, creationTimestamp: yesterday}\n",
      [["format", "metadata.creationTimestamp", 3]],
    ],
    [
      "pattern",
      cnp("  endpointSelector: {}\n  egress:\n    - toEndpoints: [{matchLabels: {app: 'a b'}}]\n"),
      [["pattern", "spec.egress[0].toEndpoints[0].matchLabels.app", 8]],
    ],
    [
      "CIDR",
      cnp("  endpointSelector: {}\n  egress:\n    - toCIDR: [10.0.0.0/33]\n"),
      [["format", "spec.egress[0].toCIDR[0]", 8]],
    ],
    [
      "exactly one of two fields",
      cnp("  endpointSelector: {}\n  nodeSelector: {}\n  egress: []\n"),
      [["alternatives", "spec", 6]],
    ],
    ["at least one of some fields", cnp("  endpointSelector: {}\n"), [["alternatives", "spec", 6]]],
    [
      "duplicate key of a list (custom resource)",
      "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec:\n  gatewayClassName: c\n  listeners:\n    - {name: http, port: 80, protocol: HTTP}\n    - {name: http, port: 81, protocol: HTTP}\n",
      [["duplicate-item", "spec.listeners[1]", 8]],
    ],
    ["no name", "apiVersion: v1\nkind: ConfigMap\ndata: {}\n", [["missing-name", "metadata", 1]]],
    ["name", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: My_Config}\n", [["metadata", "metadata.name", 3]]],
    [
      "label value",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: 'a b'}}\n",
      [["metadata", "metadata.labels.app", 3]],
    ],
    [
      "label key",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {'a/b/c': x}}\n",
      [["metadata", 'metadata.labels["a/b/c"]', 3]],
    ],
    [
      "namespace of a cluster-wide kind",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n",
      [["metadata", "metadata.namespace", 3]],
    ],
    [
      "unknown field in status",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {}, template: {spec: {containers: []}}}\nstatus: {replica: 1}\n",
      [["unknown-field", "status.replica", 5]],
    ],
  ])("%s", (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test("every finding has file, position, path and help", () => {
    const { documents } = parseManifests(deployment("          imagePulPolicy: Always\n"), { file: "web.yaml" });
    expect(validate(documents)).toEqual([
      {
        code: "unknown-field",
        severity: "error",
        message: "unknown field imagePulPolicy",
        file: "web.yaml",
        line: 17,
        column: 11,
        path: "spec.template.spec.containers[0].imagePulPolicy",
        help: "Did you mean imagePullPolicy?",
      },
    ]);
  });

  test("duplicate names that only server-side apply refuses are warnings", () => {
    const { documents } = parseManifests(deployment("          env: [{name: A, value: a}, {name: A, value: b}]\n"));
    expect(validate(documents)).toMatchObject(
      [
        {
          code: "duplicate-item",
          severity: "warning",
          message: '"A"',
          path: "spec.template.spec.containers[0].env[1]",
        },
      ].map(({ message: _, ...rest }) => rest),
    );
  });

  test("empty items that Go reads as something are warnings: in a policy they allow all", () => {
    const rules = { podSelector: {}, ingress: [null], policyTypes: ["Ingress"] };
    expect(validate([object("networking.k8s.io/v1", "NetworkPolicy", { spec: rules })])).toMatchObject([
      { code: "wrong-type", severity: "warning", message: "an empty item: Kubernetes reads it as {}" },
    ]);
    const args = { containers: [{ name: "a", args: [null] }] };
    expect(validate([object("v1", "Pod", { spec: args })])).toMatchObject([
      { severity: "warning", message: 'an empty item: Kubernetes reads it as ""', path: "spec.containers[0].args[0]" },
    ]);
  });
});

describe("help", () => {
  test.each<[string, KubeObject, string]>([
    [
      "a list key that was meant",
      object("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {}, Ingres: [] } }),
      "Did you mean ingress?",
    ],
    [
      "where a field belongs",
      object("cilium.io/v1alpha1", "TracingPolicy", {
        spec: { kprobes: [{ call: "a", syscall: true, action: "Post" }] },
      }),
      "A field of this name belongs at selectors[].matchActions[].action below here.",
    ],
    ["quotes for a number", object("v1", "ConfigMap", { data: { a: 1 } }), 'Put it in quotes: "1".'],
    [
      "no quotes for a number",
      object("v1", "Service", { spec: { ports: [{ port: "80" }] } }),
      "Remove the quotes: 80.",
    ],
    [
      "the enum value",
      object("v1", "Service", { spec: { type: "LoadBalncer", ports: [] } }),
      "Did you mean LoadBalancer?",
    ],
    [
      "the fields there are",
      object("v1", "ConfigMap", { zzz: 1 }),
      "Its fields are apiVersion, kind, binaryData, data, immutable and metadata.",
    ],
  ])("%s", (_, value, help) => {
    expect(first(value)?.help).toBe(help);
  });

  test.each([
    ["external-secrets.io/v1beta1", "ExternalSecret", "unserved-version", "Use external-secrets.io/v1."],
    ["extensions/v1beta1", "Ingress", "unknown-group", "Ingress is served by networking.k8s.io/v1."],
    ["apps/v1", "Deploiment", "unknown-kind", "Did you mean Deployment?"],
    ["v1", "Deployment", "unknown-kind", "Deployment is served by apps/v1."],
    ["v2", "Pod", "unserved-version", "Use v1."],
    ["cillium.io/v2", "CiliumNetworkPolicy", "unknown-group", "CiliumNetworkPolicy is served by cilium.io/v2."],
    ["monitoring.coreos.com/v1", "PodMonitor", "no-schema", undefined],
    ["monitoring.coreos.com/v1", "ServiceMonitr", "unknown-kind", "Did you mean ServiceMonitor?"],
    ["longhorn.io/v1beta2", "Node", "no-schema", undefined],
    ["cilium.io/v2", "CiliumNodeConfig", "no-schema", undefined],
    ["cilium.io/v2", "ciliumnetworkpolicy", "unknown-kind", "Did you mean CiliumNetworkPolicy?"],
    ["metrics.example.com/v1", "Dashboard", "no-schema", undefined],
  ])("%s %s", (apiVersion, kind, code, help) => {
    expect(first(object(apiVersion, kind, {}))).toMatchObject({ code, ...(help === undefined ? {} : { help }) });
  });
});

describe("what cannot be checked", () => {
  const enc = "ENC[AES256_GCM,data:x,iv:x,tag:x,type:int]";
  test("SOPS values and the sops block", () => {
    expect(
      findings(
        `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: "${enc}"}\nsops: {mac: "${enc}", age: []}\n`,
      ),
    ).toEqual([]);
    expect(findings(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {}\nsopz: {}\n`)).toEqual([
      ["unknown-field", "sopz", 5],
    ]);
    expect(validate(parseManifests(`apiVersion: ${enc}\nkind: ${enc}\nsops: {mac: m}\n`).documents)).toEqual([]);
  });

  test("no value of a Secret in a message", () => {
    const secret = object("v1", "Secret", { data: { a: "hunter2!" }, stringData: { b: 4711, c: [0.815], d: true } });
    const found = validate([secret]);
    expect(found.map(({ code, path }) => [code, path])).toEqual([
      ["format", "data.a"],
      ["wrong-type", "stringData.b"],
      ["wrong-type", "stringData.c"],
      ["wrong-type", "stringData.d"],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hunter|4711|815/);
    expect(found[1]?.message).toBe("expected a string, found integer");
  });

  test("no value in a message of what SOPS is to encrypt", () => {
    const wrong =
      "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: '4711'}, {port: 47110000000}]}\n";
    for (const [text, file] of [
      [`${wrong}sops: {mac: m}\n`, "a.yaml"],
      [wrong, "a.sops.yaml"],
    ] as const) {
      const found = validate(parseManifests(text, { file }).documents);
      expect(found.map(({ message, help }) => [message, help])).toEqual([
        ["expected an integer, found string", "Remove the quotes."],
        ["the value is no int32", "Write a smaller number."],
      ]);
    }
  });

  test("items of a List", () => {
    const list = { apiVersion: "v1", kind: "ConfigMapList", items: [{ metadata: { name: "a" }, dat: {} }] };
    expect(validate([list]).map(({ code, path }) => [code, path])).toEqual([["unknown-field", "dat"]]);
  });

  test("a substitution where its value would be wrong", () => {
    expect(findings(deployment(`          ports: [{containerPort: '\${PORT}'}]\n          args: ['\${A}']\n`))).toEqual(
      [["substitution", "spec.template.spec.containers[0].ports[0].containerPort", 17]],
    );
  });

  test("patches: what they leave out is no mistake, what they misspell is", () => {
    expect(
      findings(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: [{$patch: delete, name: a}]\n      volums: []\n",
      ),
    ).toEqual([["unknown-field", "spec.template.spec.volums", 8]]);
  });
});
