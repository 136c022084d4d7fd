import type { CompactSchema } from "@idstack/schemas";
import { describe, expect, test } from "vitest";
import { compact } from "../src/compact.ts";
import { mapChildren } from "../src/map-children.ts";
import { buildModules, importsOf, META, type Module } from "../src/model.ts";
import { definitionName, isNative } from "../src/names.ts";
import { OPENAPI } from "../src/output.ts";
import { readRecordings } from "../src/recording.ts";
import { referenceName } from "../src/references.ts";

const recordings = readRecordings(OPENAPI);
const modules = buildModules(recordings);
const moduleOf = (apiVersion: string): Module => {
  const module = modules.find((candidate) => candidate.apiVersion === apiVersion);
  if (module === undefined) throw new Error(`no module ${apiVersion}`);
  return module;
};

/** Puts the shared definitions back where they came from. */
function expand(schema: CompactSchema, module: Module): CompactSchema {
  const replace = (child: CompactSchema): CompactSchema => {
    const name = referenceName(child);
    const shared = name === undefined || name.includes(".") ? undefined : module.definitions.get(name);
    return mapChildren(shared ?? child, [], replace);
  };
  return mapChildren(schema, [], replace);
}

describe("sharing loses nothing", () => {
  test.each(recordings.map((recording) => [recording.groupVersion, recording] as const))(
    "%s",
    (apiVersion, recording) => {
      const module = moduleOf(apiVersion);
      for (const [name, served] of Object.entries(recording.components.schemas)) {
        const kind = name.slice(name.lastIndexOf(".") + 1);
        const schema = module.kinds.get(kind)?.schema;
        if (schema === undefined || served["x-kubernetes-group-version-kind"] === undefined) continue;
        const plain = compact(served, { native: isNative(name) });
        const { apiVersion: _, kind: __, ...fields } = expand(schema, module).properties ?? {};
        const { apiVersion: ___, kind: ____, ...expected } = plain.properties ?? {};
        expect(fields, kind).toEqual(expected);
      }
    },
  );
});

describe("definitions", () => {
  test("a definition the server names is in one module only", () => {
    const names = modules.flatMap((module) => [...module.definitions.keys()].filter((name) => name.includes(".")));
    expect(names.length).toBeGreaterThan(400);
    expect(new Set(names).size).toBe(names.length);
  });

  test("is at home in its group version, or in meta/v1", () => {
    expect(moduleOf("v1").definitions.has("core.v1.PodSpec")).toBe(true);
    expect(moduleOf("apps/v1").definitions.has("apps.v1.DeploymentSpec")).toBe(true);
    expect(moduleOf(META).definitions.has("meta.v1.ObjectMeta")).toBe(true);
  });

  test("a module imports what its kinds reach, also through other modules", () => {
    const imports = importsOf(moduleOf("apps/v1"), modules);
    expect([...imports.keys()].sort()).toEqual([META, "v1"]);
    expect(imports.get("v1")).toContain("core.v1.ExecAction");
  });

  test("short names are unique among everything the server names", () => {
    const served = new Set(recordings.flatMap(({ components }) => Object.keys(components.schemas).filter(isNative)));
    expect(new Set([...served].map(definitionName)).size).toBe(served.size);
  });
});

test("every kind requires its own apiVersion and kind", () => {
  for (const { apiVersion, kinds } of modules) {
    for (const [kind, { schema }] of kinds) {
      expect(schema.required?.slice(0, 2), `${apiVersion} ${kind}`).toEqual(["apiVersion", "kind"]);
      expect(schema.properties?.["apiVersion"]?.enum).toEqual([apiVersion]);
      expect(schema.properties?.["kind"]?.enum).toEqual([kind]);
    }
  }
});
