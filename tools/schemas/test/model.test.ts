import { buildModules, compact, importsOf, inlineShared, META, type SchemaModule } from "@idstack/schemas/compile";
import { describe, expect, test } from "vitest";
import { OPENAPI } from "../src/output.ts";
import { readRecordings } from "../src/recording.ts";

const recordings = readRecordings(OPENAPI);
const modules = buildModules(recordings);
const moduleOf = (apiVersion: string): SchemaModule => {
  const module = modules.find((candidate) => candidate.apiVersion === apiVersion);
  if (module === undefined) throw new Error(`no module ${apiVersion}`);
  return module;
};

describe("sharing loses nothing", () => {
  test.each(recordings.map((recording) => [recording.groupVersion, recording] as const))(
    "%s",
    (apiVersion, recording) => {
      const module = moduleOf(apiVersion);
      for (const [name, served] of Object.entries(recording.components.schemas)) {
        const kind = name.slice(name.lastIndexOf(".") + 1);
        const schema = module.kinds.get(kind)?.schema;
        if (schema === undefined || served["x-kubernetes-group-version-kind"] === undefined) continue;
        const plain = compact(served, { native: name.startsWith("io.k8s.api") || name.startsWith("io.k8s.kube") });
        const {
          apiVersion: _,
          kind: __,
          ...fields
        } = inlineShared(schema, Object.fromEntries(module.definitions)).properties ?? {};
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
