/** A row of the layer table: a package may import from the siblings named, and nothing else of the workspace. */
export interface Layer {
  readonly layer: number;
  readonly mayImport: readonly string[];
}

const everyLibrary = ["@idstack/schemas", "@idstack/manifests"] as const;
const builders = [
  "@idstack/policy",
  "@idstack/reach",
  "@idstack/spire",
  "@idstack/authentik",
  "@idstack/backup",
  "@idstack/gitops",
  "@idstack/external-secrets",
  "@idstack/gateway",
  "@idstack/cluster",
] as const;

/** Which package stands on which layer; CONTRIBUTING.md shows the same table. */
export const layers: Readonly<Record<string, Layer>> = {
  "@idstack/schemas": { layer: 0, mayImport: [] },
  "@idstack/manifests": { layer: 1, mayImport: ["@idstack/schemas"] },
  "@idstack/spiffe": { layer: 1, mayImport: [] },
  "@idstack/sops": { layer: 1, mayImport: [] },
  "@idstack/policy": { layer: 2, mayImport: everyLibrary },
  "@idstack/reach": { layer: 2, mayImport: everyLibrary },
  "@idstack/spire": { layer: 2, mayImport: [...everyLibrary, "@idstack/spiffe"] },
  "@idstack/authentik": { layer: 2, mayImport: everyLibrary },
  "@idstack/backup": { layer: 2, mayImport: everyLibrary },
  "@idstack/gitops": { layer: 2, mayImport: everyLibrary },
  "@idstack/external-secrets": { layer: 2, mayImport: everyLibrary },
  "@idstack/gateway": { layer: 2, mayImport: everyLibrary },
  "@idstack/cluster": { layer: 2, mayImport: everyLibrary },
  "@idstack/audit": {
    layer: 3,
    mayImport: [...everyLibrary, "@idstack/reach", "@idstack/policy", "@idstack/sops", "@idstack/backup"],
  },
  "@idstack/stack": { layer: 4, mayImport: [...everyLibrary, ...builders, "@idstack/spiffe", "@idstack/sops"] },
  idstack: {
    layer: 5,
    mayImport: [...everyLibrary, ...builders, "@idstack/spiffe", "@idstack/sops", "@idstack/audit", "@idstack/stack"],
  },
};

/** Imports between workspace packages that the layer table forbids, one sentence each. */
export function layerViolations(graph: ReadonlyMap<string, readonly string[]>): string[] {
  return [...graph].flatMap(([importer, imported]) => {
    const row = layers[importer];
    if (row === undefined) return [`${importer} is in no layer: add it to the layer table`];
    return imported
      .filter((name) => name !== importer && name in layers && !row.mayImport.includes(name))
      .map((name) => `${importer} (layer ${row.layer}) must not import ${name} (layer ${layers[name]?.layer})`);
  });
}
