import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CustomResourceDefinition, type Kubernetes, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatPath, type KubeObject, parseManifests, validate } from "../src/index.ts";
import { type Answer, askAll, askServer } from "./compare/ask-server.ts";
import { compare, describeDifference } from "./compare/outcome.ts";
import { listsOf } from "./definitions/one-field.ts";
import { PATTERN_TEXTS, PATTERNS } from "./definitions/patterns.ts";
import { makeBase, makeCases } from "./generate/cases.ts";
import { kindsOf } from "./generate/custom-kinds.ts";
import { ALL_TEXTS, TEXTS } from "./generate/formats.ts";

const SEED = Number(process.env["IDSTACK_SEED"] ?? 1);
const COUNT = process.env["IDSTACK_LONG"] === "1" ? 6000 : 600;

const FORMATS =
  "date-time datetime date duration byte cidr ipv4 ipv6 mac uri email hostname uuid k8s-short-name k8s-long-name password idn-hostname int64";
const formats = listsOf("formats", Object.fromEntries(FORMATS.split(" ").map((format) => [format, { format }])));
const patterns = listsOf("patterns", Object.fromEntries(PATTERNS.map((pattern, index) => [`p${index}`, { pattern }])));

let kubernetes: Kubernetes;
let everything: KubeObject;
beforeAll(async () => {
  const text = await readFile(join(import.meta.dirname, "definitions/everything.yaml"), "utf8");
  everything = parseManifests(text).documents[0]?.object as KubeObject;
  const crds = [everything, formats, patterns] as unknown as CustomResourceDefinition[];
  kubernetes = await startKubernetes({ crds, warm: false, disableAdmissionPlugins: ["NamespaceLifecycle"] });
});
afterAll(() => kubernetes?.close());

/** The texts that each says are wrong for a field of a kind with lists of texts. */
async function refusedTexts(
  definition: KubeObject,
  kind: string,
  name: string,
  texts: readonly string[],
): Promise<readonly [ours: readonly string[], theirs: readonly string[]]> {
  const object = { apiVersion: "test.example/v1", kind, metadata: { name: "x" }, spec: { [name]: texts } };
  const { causes, status } = await askServer(kubernetes, object);
  expect([201, 422]).toContain(status);
  const path = (index: number): string => formatPath(["spec", name, index]);
  const found = new Set(validate([definition, object]).map((each) => each.path));
  return [
    texts.filter((_, index) => found.has(path(index))),
    texts.filter((_, index) => causes.some(({ field }) => field === `spec.${name}[${index}]`)),
  ];
}

test.each(FORMATS.split(" "))("format %s", async (format) => {
  const texts = ALL_TEXTS.filter((text) => text.length < 300);
  const [ours, theirs] = await refusedTexts(formats, "Format", format, texts);
  expect({
    refused: ours.filter((text) => !theirs.includes(text)),
    taken: theirs.filter((text) => !ours.includes(text)),
  }).toEqual({ refused: [], taken: [] });
  if (TEXTS[format] !== undefined) expect(theirs.length).toBeGreaterThan(0);
});

test("patterns that RE2 and JavaScript write or read differently", async () => {
  const differences: unknown[] = [];
  for (const [index, pattern] of PATTERNS.entries()) {
    const [ours, theirs] = await refusedTexts(patterns, "Pattern", `p${index}`, PATTERN_TEXTS);
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ pattern, ours, theirs });
  }
  expect(differences).toEqual([]);
});

test("a definition with everything that the recorded ones lack", async () => {
  const [kind] = kindsOf(everything as unknown as CustomResourceDefinition);
  if (kind === undefined) throw new Error("no kind");
  const bases = Array.from({ length: COUNT / 4 }, (_, index) => makeBase(kind, SEED * 1_000_003 + index));
  const cases = bases.flatMap((base) => makeCases(base, 4));
  const objects = [...bases, ...cases].map(({ object }) => object);
  const answers = await askAll(kubernetes, objects);
  const judged = objects.map((object, index) => ({
    object,
    answer: answers[index] as Answer,
    outcome: compare(object, answers[index] as Answer, kind, [everything]),
  }));
  const differences = judged.filter(({ outcome }) => outcome.result === "different" || outcome.samePlace === false);
  const refused = judged.filter(({ outcome }) => outcome.result === "both refuse").length;
  console.log(`seed ${SEED}: ${objects.length} objects, ${refused} refused by both, ${differences.length} differences`);
  await recordEvidence({
    component: "kube-apiserver",
    proves: "@idstack/manifests reads definitions of one's own alike",
    checked: objects.length,
    unit: "objects",
    mismatches: differences.length,
  });
  expect(
    differences.slice(0, 8).map(({ object, answer, outcome }) => describeDifference(object, answer, outcome)),
  ).toEqual([]);
  expect(refused).toBeGreaterThan(COUNT / 3);
});
