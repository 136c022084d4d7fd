import { type Schema, Validator } from "@cfworker/json-schema";
import { catalog, loadGroupVersion } from "@idstack/schemas";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KubeObject, type SchemaCode, validate } from "../../src/index.ts";

/**
 * Where the API server's rules are plain JSON Schema, ours must agree with a JSON Schema validator: valid objects are
 * damaged at random and both are asked. Left out on both sides: what only the API server has (null in a field, an empty text in a Go type, formats,
 * keys of lists, names), and `status`.
 */
const metadata = { name: "x", namespace: "apps", labels: { app: "web" } };
const pod = {
  serviceAccountName: "web",
  containers: [
    {
      name: "web",
      image: "nginx",
      ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
      env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } }],
      livenessProbe: { httpGet: { port: "http", path: "/" }, periodSeconds: 5 },
      securityContext: {
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
    },
  ],
  volumes: [{ name: "v", configMap: { name: "c", items: [{ key: "a", path: "b" }] } }],
};
const samples: readonly (KubeObject & { readonly spec: object })[] = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: pod },
    },
  },
  {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata,
    spec: {
      endpointSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] },
      ingress: [
        {
          fromEndpoints: [{ matchLabels: { app: "x" } }],
          toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules: { http: [{ method: "GET", path: "/" }] } }],
        },
      ],
      egress: [
        { toFQDNs: [{ matchName: "a.example" }] },
        { toCIDRSet: [{ cidr: "10.0.0.0/8" }] },
        { toEntities: ["world"] },
      ],
    },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata,
    spec: {
      parentRefs: [{ name: "gw", sectionName: "https" }],
      hostnames: ["a.example"],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" }, method: "GET" }],
          filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "a", value: "b" }] } }],
          backendRefs: [{ name: "web", port: 80, weight: 1 }],
        },
      ],
    },
  },
  {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata,
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { name: "s", kind: "SecretStore" },
      target: { name: "t", creationPolicy: "Owner" },
      data: [{ secretKey: "a", remoteRef: { key: "b" } }],
    },
  },
  {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata,
    spec: {
      instances: 2,
      storage: { size: "5Gi" },
      bootstrap: { initdb: { database: "d", owner: "o", secret: { name: "s" } } },
      affinity: { enablePodAntiAffinity: true },
    },
  },
];

/** `SLOW=1` looks longer. */
const runs = process.env["SLOW"] === "1" ? 5000 : 150;
const specific = new Set<SchemaCode>(["format", "duplicate-item", "metadata", "missing-name", "bounds"]);
const validators = new Map<string, Validator>();

/** In an optional field of a Go type an empty text is no value, whatever the enum says. */
function withEmptyText(schema: unknown): unknown {
  const { properties, required = [] } = (schema ?? {}) as { properties?: Record<string, Schema>; required?: string[] };
  if (typeof properties !== "object" || !Array.isArray(required)) return schema;
  for (const [name, field] of Object.entries(properties))
    if (field.enum !== undefined && !required.includes(name)) field.enum.push("");
  return schema;
}

function plainVerdict(object: KubeObject): boolean {
  const { apiVersion, kind } = object;
  let validator = validators.get(kind);
  if (validator === undefined) {
    const schemas = loadGroupVersion(apiVersion);
    const whole = JSON.stringify({ ...schemas?.kinds[kind]?.schema, definitions: schemas?.definitions });
    const native = catalog.some((entry) => entry.kind === kind && entry.project === "kubernetes");
    const adapt = (key: string, value: unknown) => {
      if (key === "format" && typeof value === "string") return undefined;
      return native ? withEmptyText(value) : value;
    };
    validator = new Validator(JSON.parse(whole, adapt) as Schema, "2020-12");
    validators.set(kind, validator);
  }
  return validator.validate(object).valid;
}

type Node = Record<string | number, unknown>;
function nodes(value: unknown): Node[] {
  return typeof value === "object" && value !== null ? [value as Node, ...Object.values(value).flatMap(nodes)] : [];
}

const replacement = fc.constantFrom<unknown>(0, 1, -1, 3.5, "", "x", "A b", "TCP", true, [], {}, [1], ["x"], { x: 1 });
const newKey = fc.constantFrom(
  "x",
  "name",
  "matchLabels",
  "cidr",
  "cidrGroupRef",
  "nodeSelector",
  "toEndpoints",
  "port",
  "type",
  "value",
);
const damage = fc.record({
  at: fc.nat(),
  key: fc.nat(),
  how: fc.constantFrom("delete", "replace", "add"),
  value: replacement,
  newKey,
});

describe("agreement with a JSON Schema validator", () => {
  test.each(samples.map((sample) => [sample.kind, sample] as const))("%s", { timeout: 300_000 }, (_, sample) => {
    expect([validate([sample]), plainVerdict(sample)]).toEqual([[], true]);
    let refused = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 2 }), (steps) => {
        const object = structuredClone(sample);
        for (const step of steps) {
          const all = nodes(object.spec);
          const node = all[step.at % all.length] ?? {};
          const keys = Object.keys(node);
          const key = keys[step.key % keys.length];
          if (step.how === "add" && !Array.isArray(node)) node[step.newKey] = structuredClone(step.value);
          else if (key === undefined) continue;
          else if (step.how === "replace") node[key] = structuredClone(step.value);
          else if (Array.isArray(node)) node.splice(Number(key), 1);
          else delete node[key];
        }
        const ours = validate([object]).filter(({ code }) => !specific.has(code));
        const valid = plainVerdict(object);
        if (!valid) refused++;
        const bounds = validate([object]).some(({ code, message }) => code === "bounds" && !message.includes("int"));
        expect(ours.length === 0 && !bounds, JSON.stringify([object, ours], null, 1)).toBe(valid);
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test("every kind of the catalog can be checked", () => {
    for (const { apiVersion, kind } of catalog) {
      const empty: KubeObject = { apiVersion, kind, metadata: { name: "x" } };
      expect(
        validate([empty]).filter(({ code }) => code !== "missing-field" && code !== "alternatives"),
        `${apiVersion} ${kind}`,
      ).toEqual([]);
    }
  });
});
