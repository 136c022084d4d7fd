import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type CompactSchema, catalog, type GroupVersionSchemas, loadGroupVersion } from "../src/index.ts";

const served = [...new Set(catalog.map(({ apiVersion }) => apiVersion))];

function load(apiVersion: string): GroupVersionSchemas {
  const schemas = loadGroupVersion(apiVersion);
  if (schemas === undefined) throw new Error(`${apiVersion} is not served`);
  return schemas;
}

/** Every schema below one, itself included. */
function* all(schema: CompactSchema): Generator<CompactSchema> {
  yield schema;
  const { properties, items, additionalProperties, allOf, anyOf, oneOf, not } = schema;
  const children = [...Object.values(properties ?? {}), ...(allOf ?? []), ...(anyOf ?? []), ...(oneOf ?? [])];
  if (typeof additionalProperties === "object") children.push(additionalProperties);
  for (const child of [...children, items, not]) if (child !== undefined) yield* all(child);
}

describe.each(served)("%s", (apiVersion) => {
  const { kinds, definitions } = load(apiVersion);
  const schemas = [...Object.values(kinds).map(({ schema }) => schema), ...Object.values(definitions)];
  const everything = schemas.flatMap((schema) => [...all(schema)]);

  test("has the kinds of the catalog", () => {
    const listed = catalog.filter((entry) => entry.apiVersion === apiVersion);
    expect(Object.keys(kinds).sort()).toEqual(listed.map(({ kind }) => kind).sort());
    for (const { kind, namespaced, plural } of listed) expect(kinds[kind]).toMatchObject({ namespaced, plural });
  });

  test("resolves every $ref in its own definitions", () => {
    const refs = everything.flatMap(({ $ref }) => ($ref === undefined ? [] : [$ref]));
    expect(refs.filter((ref) => definitions[ref.replace("#/definitions/", "")] === undefined)).toEqual([]);
  });

  test("uses a $ref alone", () => {
    expect(everything.filter((schema) => schema.$ref !== undefined && Object.keys(schema).length > 1)).toEqual([]);
  });

  test("has patterns that JavaScript compiles", () => {
    for (const { pattern } of everything)
      if (pattern !== undefined) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });

  test("has no branch that says nothing, which would match whatever it is given", () => {
    const branches = everything.flatMap(({ oneOf, anyOf, allOf }) => [
      ...(oneOf ?? []),
      ...(anyOf ?? []),
      ...(allOf ?? []),
    ]);
    expect(branches.filter((branch) => Object.keys(branch).length === 0)).toEqual([]);
  });
});

test.each(["v2", "apps/v2", "meta/v1", "external-secrets.io/v1beta1", "", "../package", "catalog", "constructor"])(
  "%j is not served",
  (apiVersion) => {
    expect(loadGroupVersion(apiVersion)).toBeUndefined();
  },
);

test("no pattern takes exponential time to refuse a text", () => {
  const schemas = served.flatMap((apiVersion) => [
    ...Object.values(load(apiVersion).kinds).map(({ schema }) => schema),
    ...Object.values(load(apiVersion).definitions),
  ]);
  const patterns = new Set(schemas.flatMap((schema) => [...all(schema)]).flatMap(({ pattern }) => pattern ?? []));
  expect(patterns.size).toBeGreaterThan(40);
  const texts = ["a", "1", "-", "a.", "*", "1,", "aA1", " "].map((part) => `${part.repeat(40)}\u0001`);
  const search = `for (const text of texts) new RegExp(pattern, "u").test(text)`;
  // Far above what a busy machine adds to microseconds: exponential time is years at this length.
  for (const pattern of patterns)
    expect(() => runInNewContext(search, { pattern, texts }, { timeout: 5000 }), pattern).not.toThrow();
});

test("the second call returns the same object", () => {
  expect(loadGroupVersion("apps/v1")).toBe(loadGroupVersion("apps/v1"));
});

test("a definition the server names is one object everywhere", () => {
  const name = "meta.v1.ObjectMeta";
  expect(load("apps/v1").definitions[name]).toBeDefined();
  expect(load("apps/v1").definitions[name]).toBe(load("cilium.io/v2").definitions[name]);
});

describe("what the API server recorded", () => {
  const at = (
    schemas: GroupVersionSchemas,
    start: CompactSchema | undefined,
    path: string,
  ): CompactSchema | undefined =>
    path.split(".").reduce((schema: CompactSchema | undefined, step) => {
      const name = schema?.$ref?.replace("#/definitions/", "");
      const resolved = name === undefined ? schema : schemas.definitions[name];
      return step === "[]" ? resolved?.items : resolved?.properties?.[step];
    }, start);
  const field = (apiVersion: string, kind: string, path: string) =>
    at(load(apiVersion), load(apiVersion).kinds[kind]?.schema, path);

  test("enum and default of a container port", () => {
    expect(field("apps/v1", "Deployment", "spec.template.spec.containers.[].ports.[].protocol")).toEqual({
      type: "string",
      enum: ["SCTP", "TCP", "UDP"],
      default: "TCP",
    });
  });

  test("list map keys of the ports of a Service", () => {
    expect(field("v1", "Service", "spec.ports")).toMatchObject({
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["port", "protocol"],
    });
  });

  test("alternatives of a CiliumNetworkPolicy", () => {
    const spec = field("cilium.io/v2", "CiliumNetworkPolicy", "spec");
    const schema = load("cilium.io/v2").definitions[spec?.$ref?.replace("#/definitions/", "") ?? ""];
    expect(schema?.oneOf?.map(({ required }) => required)).toEqual([["endpointSelector"], ["nodeSelector"]]);
  });

  test("a TracingPolicy argument may leave out its type, which defaults to auto", () => {
    const args = field("cilium.io/v1alpha1", "TracingPolicy", "spec.kprobes.[].args");
    const name = args?.items?.$ref?.replace("#/definitions/", "") ?? "";
    const item = load("cilium.io/v1alpha1").definitions[name];
    expect(item?.required).toEqual(["index"]);
    expect(item?.properties?.["type"]?.default).toBe("auto");
  });

  test("CEL rules of an HTTPRoute", () => {
    const rules = [...all(load("gateway.networking.k8s.io/v1").kinds["HTTPRoute"]?.schema ?? {})]
      .flatMap((schema) => schema["x-kubernetes-validations"] ?? [])
      .map(({ rule }) => rule);
    expect(rules.length).toBeGreaterThan(10);
  });
});
