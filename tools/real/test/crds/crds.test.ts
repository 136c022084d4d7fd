import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { committedCrds, crdsDirectory, loadCrds } from "../../src/crds/load-crds.ts";
import { stripDescriptions } from "../../src/crds/strip-descriptions.ts";
import { updateCrds } from "../../src/crds/update-crds.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";

const directory = temporaryDirectory();

const original = `# A project's own file.
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations: { description: kept }
spec:
  group: example.org
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Age, type: date, jsonPath: .a, description: gone }]
      schema:
        openAPIV3Schema:
          type: object
          description: gone
          required: [description]
          properties:
            description: { type: string, description: gone, default: { description: kept } }
            properties: { type: object, description: gone, properties: { items: { type: array, items: { description: gone, type: string } } } }
            map: { type: object, additionalProperties: { description: gone, type: integer } }
            choice: { oneOf: [{ description: gone, required: [a] }], not: { description: gone } }
            flag: { type: string, enum: ["Yes", description], example: { description: kept } }
          x-kubernetes-validations: [{ rule: self.a, message: description }]
    - name: v0
      served: false
      storage: false
`;

const stripped = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.example.org", annotations: { description: "kept" } },
  spec: {
    group: "example.org",
    names: { kind: "Thing", plural: "things" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        additionalPrinterColumns: [{ name: "Age", type: "date", jsonPath: ".a" }],
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["description"],
            properties: {
              description: { type: "string", default: { description: "kept" } },
              properties: { type: "object", properties: { items: { type: "array", items: { type: "string" } } } },
              map: { type: "object", additionalProperties: { type: "integer" } },
              choice: { oneOf: [{ required: ["a"] }], not: {} },
              flag: { type: "string", enum: ["Yes", "description"], example: { description: "kept" } },
            },
            "x-kubernetes-validations": [{ rule: "self.a", message: "description" }],
          },
        },
      },
      { name: "v0", served: false, storage: false },
    ],
  },
};

describe("crds:update", () => {
  it("writes definitions without descriptions, with everything else, and where they are from", async () => {
    const [from, to] = [join(directory, "from"), join(directory, "to")];
    mkdirSync(join(from, "project"), { recursive: true });
    writeFileSync(join(from, "project", "things.yaml"), original);
    writeFileSync(join(from, "project", "values.yaml"), "a: 1\n");
    writeFileSync(
      join(from, "INDEX.md"),
      "project | things.example.org | Thing | v1 | crds/things.yaml | abc | 2026-08-17\n",
    );
    const result = await updateCrds(from, to);
    const text = readFileSync(join(to, "project", "things.example.org.min.json"), "utf8");
    expect(JSON.parse(text)).toEqual(stripped);
    expect(result).toEqual({ crds: 1, bytes: text.length });
    expect(readFileSync(join(to, "INDEX.md"), "utf8")).toContain(
      "| project | things.example.org | Thing | v1, v0 (not served) | crds/things.yaml | abc | 2026-08-17 |\n",
    );
  });

  it("refuses a directory without definitions, and leaves the old ones alone", async () => {
    const empty = join(directory, "empty");
    mkdirSync(empty);
    await expect(updateCrds(empty, committedCrds)).rejects.toThrow(/no CustomResourceDefinition/);
    expect(readdirSync(committedCrds).length).toBeGreaterThan(1);
  });
});

describe("the committed definitions", () => {
  it("are what an update from themselves would write", async () => {
    const to = join(directory, "again");
    const { crds, bytes } = await updateCrds(committedCrds, to);
    expect(crds).toBe(126);
    expect(bytes).toBeLessThan(3_000_000);
    for (const file of readdirSync(to, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())) {
      const path = join(file.parentPath, file.name);
      expect(readFileSync(path, "utf8"), path).toBe(readFileSync(path.replace(to, committedCrds), "utf8"));
    }
  });

  it("have nothing left to strip, and a project each", async () => {
    for (const { crd, project } of await loadCrds(committedCrds)) {
      expect(stripDescriptions({ ...crd }), crd.metadata.name).toEqual(crd);
      expect(project).not.toBe("");
    }
  });

  it("give way to IDSTACK_CRDS", () => {
    expect(crdsDirectory({})).toBe(committedCrds);
    expect(crdsDirectory({ IDSTACK_CRDS: "/elsewhere" })).toBe("/elsewhere");
  });
});
