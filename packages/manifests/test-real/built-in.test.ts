import { join } from "node:path";
import { catalog } from "@idstack/schemas";
import { type Kubernetes, Random, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManifestDocument, readTree } from "../src/index.ts";
import { type Judgement, judge } from "./built-in/judge.ts";
import { type Spoilt, spoil } from "./built-in/spoil.ts";
import { type Answer, askAll } from "./compare/ask-server.ts";
import { describeDifference } from "./compare/outcome.ts";

const SEED = Number(process.env["IDSTACK_SEED"] ?? 1);
const COUNT = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 40_000 : 3000));

let kubernetes: Kubernetes;
let documents: readonly ManifestDocument[];
beforeAll(async () => {
  ({ documents } = await readTree(join(import.meta.dirname, "built-in/objects")));
  kubernetes = await startKubernetes({ crds: [], disableAdmissionPlugins: ["NamespaceLifecycle"] });
  // Pod Security looks it up.
  await kubernetes.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } });
});
afterAll(() => kubernetes?.close());

interface Judged {
  readonly spoilt: Spoilt;
  readonly answer: Answer;
  readonly judgement: Judgement;
}
const judged: Judged[] = [];

test("takes a full object of every built-in kind, as the server does", async () => {
  const written = new Set(documents.map(({ object }) => `${object.apiVersion} ${object.kind}`));
  const kinds = catalog
    .filter(({ project }) => project === "kubernetes")
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  // Written by the scheduler, and through a pod's subresource.
  expect(kinds.filter((kind) => !written.has(kind))).toEqual(["v1 Binding"]);
  // A namespace of this name is there, and answers 409.
  const objects = documents.map(({ object }) => object).filter(({ kind }) => kind !== "Namespace");
  const answers = await askAll(kubernetes, objects);
  const differences = objects
    .map((object, index) => ({ object, answer: answers[index] as Answer }))
    .map((each) => ({ ...each, judgement: judge(each.object, each.answer) }))
    .filter(({ judgement }) => judgement.result !== "both accept")
    .map(({ object, answer, judgement }) => describeDifference(object, answer, judgement));
  expect(differences).toEqual([]);
});

test("refuses what the server cannot decode, and nothing that it accepts", async () => {
  const random = new Random(SEED);
  const every = documents.flatMap(({ object }) => spoil(renamedNamespace(object), random));
  const chosen = COUNT >= every.length ? every : random.some(every, COUNT, COUNT);
  const answers = await askAll(
    kubernetes,
    chosen.map(({ object }) => object),
  );
  chosen.forEach((spoilt, index) => {
    const answer = answers[index] as Answer;
    judged.push({ spoilt, answer, judgement: judge(spoilt.object, answer) });
  });
  const wrong = judged.filter(({ judgement: { result, samePlace } }) => result === "different" || samePlace === false);
  console.log(`seed ${SEED} (IDSTACK_SEED), ${chosen.length} of ${every.length} objects (IDSTACK_CASES)\n${table()}`);
  await recordEvidence({
    component: "kube-apiserver",
    proves: "@idstack/manifests refuses the built-in objects that do not decode, and none that is accepted",
    checked: judged.length,
    unit: "objects",
    mismatches: wrong.length,
  });
  expect(
    wrong
      .slice(0, 8)
      .map(
        ({ spoilt: { change, path, object }, answer, judgement }) =>
          `${change} ${path.join(".")} ${describeDifference(object, answer, judgement)}`,
      ),
  ).toEqual([]);
});

test("lists what the server's code decides", () => {
  const rules = new Set(judged.flatMap(({ judgement }) => judgement.rule ?? []));
  const byKind = Map.groupBy([...rules].sort(), (rule) => rule.split(" ")[0] ?? "");
  const lines = [...byKind].map(
    ([kind, found]) => `  ${kind} ${found.map((rule) => rule.slice(kind.length + 1)).join(", ")}`,
  );
  console.log(`decided in server code, ${rules.size} rules:\n${lines.join("\n")}`);
  const byCode = judged.filter(({ judgement }) => judgement.result === "code decides").length;
  expect(byCode / judged.length).toBeLessThan(0.25);
});

test("suggests the right name for a misspelt field", () => {
  const typos = judged.flatMap(({ spoilt: { typo }, judgement: { errors } }) => {
    const found = errors.find(({ code }) => code === "unknown-field");
    return typo === undefined || found === undefined ? [] : [{ ...typo, help: found.help }];
  });
  const poor = typos.filter(({ was, help }) => help !== `Did you mean ${was}?`);
  const rate = ((100 * (typos.length - poor.length)) / typos.length).toFixed(1);
  console.log(
    `${typos.length} misspelt fields, ${rate} % with the right name suggested; not so:\n${poor
      .slice(0, 15)
      .map(({ was, is, help }) => `  ${is} for ${was}: ${help}`)
      .join("\n")}`,
  );
  expect(poor.length / typos.length).toBeLessThan(0.05);
});

/** A namespace of the same name is there already. */
function renamedNamespace(object: ManifestDocument["object"]): ManifestDocument["object"] {
  return object.kind === "Namespace" ? { ...object, metadata: { ...object.metadata, name: "more" } } : object;
}

function table(): string {
  const results = ["both accept", "both refuse", "code decides", "no answer", "different"] as const;
  const changes = [...new Set(judged.map(({ spoilt }) => spoilt.change))].sort();
  return changes
    .map((change) => {
      const rows = judged.filter(({ spoilt }) => spoilt.change === change);
      const counts = results.map(
        (result) => `${rows.filter(({ judgement }) => judgement.result === result).length} ${result}`,
      );
      return `${change.padEnd(16)} ${counts.join(", ")}`;
    })
    .join("\n");
}
