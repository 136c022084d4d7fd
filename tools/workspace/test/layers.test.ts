import { describe, expect, it } from "vitest";
import { importsOf, specifiersOf } from "../src/imports.ts";
import { layers, layerViolations } from "../src/layers.ts";
import { publishedPackages } from "../src/workspace.ts";

const packages = publishedPackages();
const imports = new Map(packages.map((each) => [each.manifest.name, importsOf(each.directory)]));

describe("layers", () => {
  it("every published package stands on a layer, and every layer row is a package", () => {
    expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(layers).sort());
  });

  it("the real import graph follows the layer table", () => {
    const graph = new Map([...imports].map(([name, found]) => [name, found.map((each) => each.packageName)]));
    expect(layerViolations(graph)).toEqual([]);
  });

  it("a lower layer that imports a higher one is reported", () => {
    const graph = new Map([["@idstack/spiffe", ["@idstack/manifests"]]]);
    expect(layerViolations(graph)).toEqual(["@idstack/spiffe (layer 1) must not import @idstack/manifests (layer 1)"]);
    expect(layerViolations(new Map([["@idstack/manifests", ["idstack"]]]))).toHaveLength(1);
  });

  it("a table row only names packages of lower or equal layers", () => {
    for (const [name, row] of Object.entries(layers)) {
      for (const other of row.mayImport)
        expect(layers[other]?.layer, `${name} → ${other}`).toBeLessThanOrEqual(row.layer);
    }
  });

  it("finds static, type, dynamic and re-exporting imports, and none in comments", () => {
    const source = `/** import x from "comment" */
      import a from "static"; import type { B } from "type"; export * from "reexport"; export { c } from "named";
      const d = await import("dynamic"); type E = import("inline").E;`;
    expect(specifiersOf(source)).toEqual(["static", "type", "reexport", "named", "dynamic", "inline"]);
  });
});

describe.each(packages.map((each) => [each.manifest.name, each] as const))("%s", (name, { manifest }) => {
  it("declares exactly what its sources import", () => {
    const optional = Object.keys(manifest.peerDependencies ?? {});
    const used = new Set((imports.get(name) ?? []).map((each) => each.packageName));
    const external = [...used].filter((each) => !each.startsWith("node:") && each !== name);
    const declared = Object.keys(manifest.dependencies ?? {});
    expect(external.filter((each) => !optional.includes(each)).sort()).toEqual(declared.sort());
  });

  it("imports Node's modules by their node: name", () => {
    for (const { specifier } of imports.get(name) ?? []) {
      expect(specifier).not.toMatch(
        /^(fs|path|url|util|crypto|os|child_process|net|tls|http|https|http2|events|stream)(\/|$)/,
      );
    }
  });
});
