import { compileCrds, crdProblems, type Recording } from "@idstack/schemas/compile";
import { type Kubernetes, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../src/differences.ts";
import { generatedFiles } from "../src/output.ts";
import { recordServer } from "../src/record.ts";
import { accepted, defects, oddWidget } from "./crds.ts";

const COLLECTION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All&fieldValidation=Strict";
let kubernetes: Kubernetes;
let served: Recording[];
let [checked, mismatches] = [0, 0];

beforeAll(async () => {
  kubernetes = await startKubernetes({ crds: [oddWidget], warm: false });
  served = await recordServer(kubernetes);
});
afterAll(() => kubernetes?.close());

async function answer(crd: object): Promise<{ status: number; message: string }> {
  // Under another name than the installed definition, which would be a conflict.
  const text = JSON.stringify(crd).replaceAll("widgets", "gadgets").replaceAll("Widget", "Gadget");
  const { status, body } = await kubernetes.request("POST", COLLECTION, { body: text });
  return { status, message: (body as { message?: string }).message ?? "" };
}

test("a definition compiles to what the server serves for it: embedded resources, mixed types, defaults, open objects", () => {
  const ours = compileCrds([oddWidget]).groupVersions;
  expect(ours.map(({ apiVersion }) => apiVersion)).toEqual([
    "example.com/v1",
    "example.com/v2",
    "example.com/v3alpha1",
  ]);
  const files = generatedFiles(served, { kubernetes: { version: "", date: "" }, projects: [] });
  for (const { apiVersion, kinds, definitions } of ours) {
    const file = JSON.parse(files.get(`data/${apiVersion.replace("/", "_")}.json`) ?? "{}");
    const own = Object.entries(definitions).filter(([name]) => !name.includes("."));
    const found = differences(
      { kinds: file.kinds, definitions: file.definitions },
      { kinds, definitions: Object.fromEntries(own) },
    );
    checked++;
    mismatches += found.length;
    expect(found, apiVersion).toEqual([]);
  }
});

test.each(Object.entries(defects))("refused by the server and by us: %s", async (_, crd) => {
  const { status, message } = await answer(crd);
  const problems = crdProblems(crd);
  checked++;
  if (status < 400 || problems.length === 0) mismatches++;
  expect([400, 422], message).toContain(status);
  expect(problems, message).not.toEqual([]);
});

test.each(Object.entries(accepted))("accepted by both: %s", async (_, crd) => {
  const { status, message } = await answer(crd);
  const problems = crdProblems(crd);
  checked++;
  if (status !== 201 || problems.length > 0) mismatches++;
  expect(status, message).toBe(201);
  expect(problems).toEqual([]);
});

test("is evidence", async () => {
  const proves = "@idstack/schemas/compile takes, refuses and compiles the same definitions";
  await recordEvidence({ component: "kubernetes", proves, checked, unit: "definitions", mismatches });
});
