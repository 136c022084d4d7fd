import { type Diagnostic, documentsOf, formatRef, objectRef, validate } from "@idstack/manifests";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kubernetes, recordEvidence, startKubernetes } from "../src/index.ts";
import { builderFolders } from "./builders/builder-folders.ts";
import { builderExports, collectObjects } from "./builders/collect.ts";
import { noObjects } from "./builders/no-objects.ts";
import type { CollectedObject } from "./builders/recorder.ts";

/** Read by programs, never by an API server. */
const notForTheServer = new Set(["kustomize.config.k8s.io/v1beta1", "viaduct.ai/v1"]);
/** The operator's definition is not among the recorded ones. */
const notRecorded = new Set(["isindir.github.com/v1alpha3"]);

interface Judged extends CollectedObject {
  readonly name: string;
  /** What the server answers to a strict dry run. */
  readonly status: number;
  readonly message: string;
  /** Errors of `validate`. */
  readonly errors: readonly Diagnostic[];
}

/** Doubles the last letter of the object's last field, or of the last field of its spec. */
function misspell(object: CollectedObject["object"]): { field: string; object: CollectedObject["object"] } {
  const { spec } = object as { spec?: Record<string, unknown> };
  const [parent, path] = spec === undefined ? [object as unknown as Record<string, unknown>, ""] : [spec, "spec."];
  const key = Object.keys(parent).at(-1) ?? "spec";
  const wrong = `${key}${key.at(-1)}`;
  const changed = { ...parent, [wrong]: parent[key] };
  return { field: `${path}${wrong}`, object: (spec === undefined ? changed : { ...object, spec: changed }) as never };
}

let kubernetes: Kubernetes;
let collected: CollectedObject[];
let judged: Judged[];

beforeAll(async () => {
  [kubernetes, collected] = await Promise.all([
    startKubernetes({ disableAdmissionPlugins: ["NamespaceLifecycle"] }),
    collectObjects(),
  ]);
  judged = [];
  for (const { builder, object } of collected) {
    if (notForTheServer.has(object.apiVersion) || notRecorded.has(object.apiVersion)) continue;
    const { status, body } = await kubernetes.create(object, { dryRun: true });
    const errors = validate(documentsOf([object])).filter(({ severity }) => severity === "error");
    const message = (body as { message?: string }).message ?? "";
    judged.push({ builder, object, name: formatRef(objectRef(object)), status, message, errors });
  }
});
afterAll(async () => {
  await kubernetes?.close();
});

describe("what builders make, before the real API server", () => {
  it("every builder is covered: its tests made an object, or it says why it makes none", async () => {
    const made = new Set(collected.map(({ builder }) => builder));
    const uncovered = (await builderExports(builderFolders)).filter((name) => !made.has(name) && !(name in noObjects));
    expect(uncovered).toEqual([]);
    const outdated = Object.keys(noObjects).filter((name) => made.has(name));
    expect(outdated).toEqual([]);
  });

  it("is accepted by strict validation wherever we accept it", async () => {
    const refused = judged.filter(({ status, errors }) => status >= 300 && errors.length === 0);
    expect(refused.map(({ builder, name, message }) => `${builder} ${name}: ${message}`)).toEqual([]);
    await recordEvidence({
      component: "kube-apiserver",
      proves: `accepts what ${new Set(judged.map(({ builder }) => builder)).size} builders make in their tests, or refuses it as we do`,
      checked: judged.length,
      unit: "objects",
      mismatches: refused.length,
    });
  });

  it("is refused where we refuse it, for the same field", () => {
    const wrong = judged.filter(({ errors }) => errors.length > 0);
    const accepted = wrong.filter(({ status }) => status < 300);
    expect(accepted.map(({ builder, name, errors }) => `${builder} ${name}: ${errors[0]?.message}`)).toEqual([]);
    const unnamed = wrong.filter(
      ({ message, errors }) => !errors.some(({ path }) => path !== undefined && message.includes(path)),
    );
    expect(
      unnamed.map(({ builder, message, errors }) => `${builder}: ${errors[0]?.path} is not in: ${message}`),
    ).toEqual([]);
  });

  it("is refused for the field that is misspelt in it, one object of every builder", async () => {
    const accepted = judged.filter(({ status }) => status < 300);
    const one = [...Map.groupBy(accepted, ({ builder }) => builder)].map(([builder, [first]]) => ({ builder, first }));
    const answers = [];
    for (const { builder, first } of one) {
      const { field, object } = misspell(first?.object as CollectedObject["object"]);
      const { status, body } = await kubernetes.create(object, { dryRun: true });
      const named = (body as { message: string }).message.includes(`unknown field "${field}"`);
      const ours = validate(documentsOf([object])).some(({ code, path }) => code === "unknown-field" && path === field);
      answers.push({ builder, field, status, named, ours });
    }
    expect(answers.filter(({ status, named, ours }) => status !== 400 || !named || !ours)).toEqual([]);
    expect(answers.length).toBeGreaterThan(25);
    await recordEvidence({
      component: "kube-apiserver",
      proves: "refuses one misspelt field for each builder, as we do",
      checked: answers.length,
      unit: "objects",
      mismatches: 0,
    });
  });
});
