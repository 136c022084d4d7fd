/** Text of a definition of `Widget` in `example.com` with these versions, whose fields are `spec.size` and `spec.colour`. */
export function widgetCrd({
  served = ["v1"],
  fields = "size: { type: integer }, colour: { type: string }",
} = {}): string {
  const versions = served.map(
    (name, index) => `    - name: ${name}
      served: true
      storage: ${index === 0}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: { ${fields} }
              required: [size]
`,
  );
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
${versions.join("")}`;
}

/** Text of a widget with this in its spec. */
export function widget(spec: string, version = "v1"): string {
  return `apiVersion: example.com/${version}
kind: Widget
metadata: { name: a, namespace: apps }
spec:
  ${spec}
`;
}
