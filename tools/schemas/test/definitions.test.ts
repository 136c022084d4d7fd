import { loadGroupVersion } from "@idstack/schemas";
import { compileCrds, crdProblems } from "@idstack/schemas/compile";
import { loadCrds } from "@idstack/tool-real";
import { beforeAll, describe, expect, test } from "vitest";
import { differences } from "../src/differences.ts";

let definitions: readonly unknown[];
beforeAll(async () => {
  definitions = (await loadCrds()).map(({ crd }) => crd);
});

describe("all custom resource definitions of the recorded server", () => {
  test("compile to what was recorded: the same kinds, the same definitions in the same places", () => {
    expect(definitions).toHaveLength(126);
    const { groupVersions, problems } = compileCrds(definitions);
    expect(problems).toEqual([]);
    const kinds = groupVersions.flatMap(({ kinds }) => Object.keys(kinds));
    expect(kinds).toHaveLength(157);
    for (const compiled of groupVersions) {
      const recorded = loadGroupVersion(compiled.apiVersion);
      expect(differences(recorded, compiled), compiled.apiVersion).toEqual([]);
      expect(Object.keys(compiled.definitions).sort()).toEqual(Object.keys(recorded?.definitions ?? {}).sort());
    }
  });

  test("are faultless", () => {
    expect(definitions.flatMap(crdProblems)).toEqual([]);
  });
});
