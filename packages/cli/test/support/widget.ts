/** Text of a definition of `Widget` in `example.com`. */
export function widgetCrd({
  versions = ["v1"],
  fields = "size: { type: integer }, colour: { type: string, enum: [red, green] }",
} = {}): string {
  const items = versions.map(
    (name, index) => `    - name: ${name}
      served: true
      storage: ${index === 0}
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              properties: { ${fields} }
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
${items.join("")}`;
}

/** The same for a `Gadget`. */
export function gadgetCrd(): string {
  return widgetCrd().replaceAll("widgets", "gadgets").replaceAll("Widget", "Gadget");
}

/** Text of a widget with a misspelt field in line 5. */
export const misspeltWidget = `apiVersion: example.com/v1
kind: Widget
metadata: { name: a, namespace: apps }
spec:
  color: red
`;
