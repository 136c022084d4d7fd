import type { Crd, ServedSchema } from "@idstack/schemas/compile";

/** A definition whose one version has these fields in `spec`. */
export function widget(fields: Readonly<Record<string, unknown>>, change: (crd: Crd) => unknown = (crd) => crd): Crd {
  const openAPIV3Schema = {
    type: "object",
    properties: { spec: { type: "object", properties: fields as Record<string, ServedSchema> } },
  };
  const crd: Crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  return change(crd) as Crd;
}

const text = { type: "string" };
const open = { "x-kubernetes-preserve-unknown-fields": true };

/** What a server adds to a definition when it serves it, and what no recorded definition has. */
export const oddWidget: Crd = widget(
  {
    description: text,
    anything: open,
    openObject: { type: "object", ...open, properties: { known: text } },
    empty: { type: "object" },
    size: { "x-kubernetes-int-or-string": true },
    either: {
      anyOf: [{ type: "integer" }, { type: "string" }],
      "x-kubernetes-int-or-string": true,
      pattern: "^[0-9]+%?$",
    },
    limited: {
      allOf: [{ anyOf: [{ type: "integer" }, { type: "string" }] }, { maxLength: 9 }],
      "x-kubernetes-int-or-string": true,
    },
    pod: { type: "object", "x-kubernetes-embedded-resource": true, ...open },
    job: {
      type: "object",
      "x-kubernetes-embedded-resource": true,
      properties: { metadata: { type: "object" }, spec: { type: "object", ...open } },
      required: ["spec", "kind"],
    },
    jobs: {
      type: "array",
      items: { type: "object", "x-kubernetes-embedded-resource": true, properties: { apiVersion: text, spec: text } },
    },
    mode: { type: "string", enum: ["a", "b"], default: "a", nullable: true },
    nothing: { ...text, default: "" },
    ports: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["port"],
      items: {
        type: "object",
        properties: { port: { type: "integer", format: "int32", default: 80 }, name: text },
        required: ["port"],
      },
    },
    labels: { type: "object", additionalProperties: text, maxProperties: 3 },
    set: { type: "array", "x-kubernetes-list-type": "set", items: text },
    choice: {
      type: "object",
      properties: { a: text, b: text },
      oneOf: [{ required: ["a"] }, { required: ["b"], properties: { b: { pattern: "^(?i)(on|off)$" } } }],
      not: { required: ["a", "b"] },
      "x-kubernetes-validations": [{ rule: "has(self.a) || has(self.b)", messageExpression: "'one'" }],
    },
  },
  (crd) => {
    const [v1] = crd.spec.versions;
    const openAPIV3Schema = { type: "object", ...open };
    const versions = [
      { ...v1, subresources: { status: {} } },
      { ...v1, name: "v2", storage: false },
      { ...v1, name: "v3alpha1", storage: false, schema: { openAPIV3Schema } },
      { ...v1, name: "v0", served: false, storage: false },
    ];
    return { ...crd, spec: { ...crd.spec, scope: "Cluster", versions } };
  },
);

const withVersion = (change: object) => (crd: Crd) => {
  const [v1] = crd.spec.versions;
  return { ...crd, spec: { ...crd.spec, versions: [{ ...v1, ...change }] } };
};
const withSpec = (change: object) => (crd: Crd) => ({ ...crd, spec: { ...crd.spec, ...change } });
const ofSchema = (openAPIV3Schema: object) => withVersion({ schema: { openAPIV3Schema } });
const list = (items: object, keys?: readonly string[]) => ({
  type: "array",
  items,
  "x-kubernetes-list-type": "map",
  ...(keys !== undefined && { "x-kubernetes-list-map-keys": keys }),
});

/** Definitions that every API server refuses, by their defect. */
export const defects: Readonly<Record<string, Crd>> = {
  "a field without a type": widget({ a: {} }),
  "an item without a type": widget({ a: { type: "array", items: {} } }),
  "a value without a type": widget({ a: { type: "object", additionalProperties: {} } }),
  "no such type": widget({ a: { type: "int" } }),
  "the type null": widget({ a: { type: "null" } }),
  "a list without items": widget({ a: { type: "array" } }),
  "a root that is no object": widget({}, ofSchema({ type: "string" })),
  "a root without a type": widget({}, ofSchema({ properties: {} })),
  "additionalProperties false beside properties": widget({
    a: { type: "object", properties: { b: text }, additionalProperties: false },
  }),
  "properties and additionalProperties": widget({
    a: { type: "object", properties: { b: text }, additionalProperties: text },
  }),
  "a reference": widget({ a: { $ref: "#/definitions/b" } }),
  "unique items": widget({ a: { type: "array", items: text, uniqueItems: true } }),
  "pattern properties": widget({ a: { type: "object", patternProperties: { "^x": text } } }),
  "unknown fields preserved: false": widget({ a: { type: "object", "x-kubernetes-preserve-unknown-fields": false } }),
  "a type in a condition": widget({ a: { ...text, anyOf: [{ type: "string" }, { maxLength: 1 }] } }),
  "a default in a condition": widget({ a: { ...text, anyOf: [{ default: "x" }] } }),
  "a nullable condition": widget({ a: { ...text, not: { nullable: true } } }),
  "a description in a condition": widget({ a: { ...text, allOf: [{ description: "x" }] } }),
  "a type inside a field of a condition": widget({
    a: { type: "object", properties: { b: text }, anyOf: [{ properties: { b: { type: "string" } } }] },
  }),
  "no such list type": widget({ a: { type: "array", items: text, "x-kubernetes-list-type": "bag" } }),
  "a list type of an object": widget({ a: { type: "object", "x-kubernetes-list-type": "set" } }),
  "a map list without keys": widget({ a: list({ type: "object", properties: { b: text }, required: ["b"] }) }),
  "keys of a list that is no map": widget({ a: { type: "array", items: text, "x-kubernetes-list-map-keys": ["b"] } }),
  "a key that is no field": widget({ a: list({ type: "object", properties: { b: text } }, ["c"]) }),
  "a key that may be missing": widget({ a: list({ type: "object", properties: { b: text } }, ["b"]) }),
  "a key that is an object": widget({
    a: list({ type: "object", properties: { b: { type: "object" } }, required: ["b"] }, ["b"]),
  }),
  "an embedded resource that is no object": widget({ a: { ...text, "x-kubernetes-embedded-resource": true } }),
  "an embedded resource without fields": widget({ a: { type: "object", "x-kubernetes-embedded-resource": true } }),
  "metadata with a field": widget(
    {},
    ofSchema({
      type: "object",
      properties: { metadata: { type: "object", properties: { labels: { type: "object" } } } },
    }),
  ),
  "a kind that is a number": widget({}, ofSchema({ type: "object", properties: { kind: { type: "integer" } } })),
  "no schema": widget({}, withVersion({ schema: undefined })),
  "no version": widget({}, withSpec({ versions: [] })),
  "no stored version": widget({}, withVersion({ storage: false })),
  "two stored versions": widget({}, (crd) =>
    withSpec({ versions: [...crd.spec.versions, { ...crd.spec.versions[0], name: "v2" }] })(crd),
  ),
  "a version twice": widget({}, (crd) =>
    withSpec({ versions: [...crd.spec.versions, { ...crd.spec.versions[0], storage: false }] })(crd),
  ),
  "another name": widget({}, (crd) => ({ ...crd, metadata: { name: "widget.example.com" } })),
  "no group": widget({}, withSpec({ group: "" })),
  "a group that is no domain": widget({}, (crd) => ({
    ...withSpec({ group: "../x" })(crd),
    metadata: { name: "widgets.../x" },
  })),
  "a group without a dot": widget({}, (crd) => ({ ...withSpec({ group: "x" })(crd), metadata: { name: "widgets.x" } })),
  "a version in capitals": widget({}, withVersion({ name: "V1" })),
  "a version with a slash": widget({}, withVersion({ name: "v1/x" })),
  "a kind with a space": widget({}, withSpec({ names: { kind: "My Widget", plural: "widgets" } })),
  "no kind": widget({}, withSpec({ names: { plural: "widgets" } })),
  "no plural": widget({}, withSpec({ names: { kind: "Widget" } })),
  "no such scope": widget({}, withSpec({ scope: "Namespace" })),
  "served as a text": widget({}, withVersion({ served: "yes" })),
  "required as a text": widget({ a: { type: "object", properties: { b: text }, required: "b" } }),
  "a pattern that is a number": widget({ a: { ...text, pattern: 1 } }),
  "alternatives that are no list": widget({ a: { ...text, anyOf: { maxLength: 1 } } }),
};

/** Definitions that look odd and are accepted. */
export const accepted: Readonly<Record<string, Crd>> = {
  "an odd one": oddWidget,
  "a kind with a dash": widget({}, withSpec({ names: { kind: "Wid-get", plural: "widgets" } })),
  "a root without fields": widget({}, ofSchema({ type: "object" })),
  "no field at all": widget({}),
  "additionalProperties false": widget({ a: { type: "object", additionalProperties: false } }),
  "a field without a constraint that only a condition names": widget({
    a: { type: "object", properties: { b: text }, oneOf: [{ properties: { c: {} } }] },
  }),
  "a field that only a condition names": widget({
    a: { type: "object", properties: { b: text }, oneOf: [{ properties: { c: { maxLength: 1 } } }] },
  }),
  "a list whose items may be anything": widget({ a: { type: "array", items: open } }),
  "a text of two types": widget({ a: { ...text, "x-kubernetes-int-or-string": true } }),
  "names in metadata": widget(
    {},
    ofSchema({
      type: "object",
      properties: { metadata: { type: "object", properties: { name: { ...text, maxLength: 9 } } } },
    }),
  ),
  "a rule in a condition": widget({
    a: { type: "object", properties: { b: text }, allOf: [{ properties: { b: { maxLength: 3 } } }] },
  }),
};
