/** A definition whose versions have these fields in `spec`. */
export function widgetCrd(fields: object, { kind = "Widget", versions = ["v1"] } = {}) {
  const openAPIV3Schema = { type: "object", properties: { spec: { type: "object", properties: fields } } };
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind, plural },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema },
      })),
    },
  };
}

/** An object schema that is large enough to be shared. */
export const large = {
  type: "object",
  properties: Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`quiteALongFieldName${n}`, { type: "string" }])),
};
