import { expect, test } from "vitest";
import { CORRECTIONS, correct } from "../src/corrections.ts";
import { OPENAPI } from "../src/output.ts";
import { type Recording, readRecordings } from "../src/recording.ts";

const recordings = readRecordings(OPENAPI);

test.each(CORRECTIONS)("$schema: $why", ({ schema, fields }) => {
  const corrected = recordings.map(({ components }) => components.schemas[schema]).filter((each) => each !== undefined);
  expect(corrected.length).toBeGreaterThan(0);
  for (const { properties } of corrected) expect(properties).toMatchObject(fields);
});

test("a recording that needs no correction any more says so", () => {
  const [first] = recordings.filter(({ groupVersion }) => groupVersion === "apiextensions.k8s.io/v1");
  expect(() => correct(first as Recording)).toThrow("JSONSchemaProps has example, externalDocs: remove the correction");
});
