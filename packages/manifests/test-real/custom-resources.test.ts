import { type Kubernetes, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, askAll } from "./compare/ask-server.ts";
import { compare, describeDifference, type Outcome } from "./compare/outcome.ts";
import { describeRule, recordedRules } from "./compare/recorded-rules.ts";
import { findTypo } from "./compare/typos.ts";
import { type Base, type Case, makeBase, makeCases } from "./generate/cases.ts";
import { type CustomKind, loadCustomKinds } from "./generate/custom-kinds.ts";

/** `IDSTACK_SEED` and `IDSTACK_CASES` choose others: any number of them must agree. `IDSTACK_LONG=1` for 20,000. */
const SEED = Number(process.env["IDSTACK_SEED"] ?? 1);
const COUNT = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 20_000 : 1000));
const CASES_PER_BASE = 6;

let kubernetes: Kubernetes;
let kinds: readonly CustomKind[];
beforeAll(async () => {
  kinds = await loadCustomKinds();
  kubernetes = await startKubernetes({ disableAdmissionPlugins: ["NamespaceLifecycle"] });
});
afterAll(() => kubernetes?.close());

interface Judged {
  readonly case: Case;
  readonly answer: Answer;
  readonly outcome: Outcome;
}

const judged: Judged[] = [];
const bases: Base[] = [];
const differences: string[] = [];
/** CEL rules that made the server refuse something. */
const deciding = new Set<string>();

test("takes what the server takes: objects made from every schema", async () => {
  console.log(`seed ${SEED} (IDSTACK_SEED), ${COUNT} cases (IDSTACK_CASES)`);
  // A base that a rule refuses is replaced, as long as there is hope for another one.
  let wanted = Array.from({ length: Math.ceil(COUNT / CASES_PER_BASE) }, (_, index) => index);
  for (let round = 0; round < 4 && wanted.length > 0; round++) {
    const made = wanted.map((index) => makeBase(kinds[index % kinds.length] as CustomKind, seedOf(index, round)));
    const answers = await askAll(
      kubernetes,
      made.map(({ object }) => object),
    );
    const refused: number[] = [];
    made.forEach((base, position) => {
      const answer = answers[position] as Answer;
      const outcome = compare(base.object, answer, base.kind);
      note(base.kind, outcome);
      if (outcome.result === "both accept") bases.push(base);
      else if (outcome.result !== "a rule decides")
        differences.push(`base: ${describeDifference(base.object, answer, outcome)}`);
      else if (round < 3) refused.push(wanted[position] as number);
      else bases.push(base);
    });
    wanted = refused;
  }
  expect(differences.slice(0, 5)).toEqual([]);
  const covered = new Set(bases.map(({ kind }) => kind));
  expect(kinds.filter((kind) => !covered.has(kind)).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([]);
});

test("refuses one defect where the server does, at the place that the server names", async () => {
  const cases = bases.flatMap((base) => makeCases(base, CASES_PER_BASE)).slice(0, COUNT);
  const answers = await askAll(
    kubernetes,
    cases.map(({ object }) => object),
  );
  const elsewhere: string[] = [];
  cases.forEach((each, index) => {
    const answer = answers[index] as Answer;
    const outcome = compare(each.object, answer, each.base.kind);
    note(each.base.kind, outcome);
    judged.push({ case: each, answer, outcome });
    const words = `${each.defect}, seed ${each.base.seed}: ${describeDifference(each.object, answer, outcome)}`;
    if (outcome.result === "different") differences.push(words);
    if (outcome.samePlace === false) elsewhere.push(words);
  });
  console.log(table());
  await recordEvidence({
    component: "kube-apiserver",
    proves: "@idstack/manifests accepts and refuses the same custom resources, at the same place",
    checked: cases.length + bases.length,
    unit: "objects",
    mismatches: differences.length + elsewhere.length,
  });
  expect(differences.slice(0, 5)).toEqual([]);
  expect(elsewhere.slice(0, 5)).toEqual([]);
  expect(cases).toHaveLength(COUNT);
});

test("suggests the right name for a misspelt field, with its line and column", async () => {
  const found = judged
    .map((each) => [each.case, findTypo(each.case)] as const)
    .filter(([, typo]) => typo !== undefined);
  const poor = found.filter(([, typo]) => typo?.suggested === false);
  console.log(
    `${found.length} misspelt fields, ${((100 * (found.length - poor.length)) / found.length).toFixed(1)} % with the right name suggested; not so:\n` +
      poor
        .slice(0, 12)
        .map(([{ typo }, finding]) => `  ${typo?.is} for ${typo?.was}: ${finding?.help}`)
        .join("\n"),
  );
  const misplaced = found
    .filter(([, typo]) => typo?.located === false)
    .map(([{ object, typo }]) => `${object.kind} ${typo?.is}`);
  expect(misplaced).toEqual([]);
  expect(poor.length / found.length).toBeLessThan(0.05);
});

test("leaves to the server what CEL rules decide, all of them and nothing else", () => {
  // Which rules are not evaluated follows from the recorded schemas: each rule of each definition is in them.
  const recorded = kinds.flatMap(recordedRules).sort();
  const defined = kinds.flatMap((kind) => kind.rules.map((rule) => describeRule(kind, rule.at, rule))).sort();
  expect(recorded).toEqual(defined);
  console.log(summaryOfRules());
  const byRule = judged.filter(({ outcome }) => outcome.result === "a rule decides");
  expect(byRule.length / judged.length).toBeLessThan(0.1);
  expect(deciding.size).toBeGreaterThan(0);
});

function note(kind: CustomKind, { rules, result }: Outcome): void {
  if (result === "a rule decides") for (const rule of rules) deciding.add(describeRule(kind, rule.at, rule));
}

function summaryOfRules(): string {
  const with_ = kinds.filter(({ rules }) => rules.length > 0);
  const places = with_.map(
    (kind) => `${kind.apiVersion} ${kind.kind}: ${new Set(kind.rules.map(({ at }) => at)).size}`,
  );
  const count = kinds.reduce((sum, { rules }) => sum + rules.length, 0);
  return `not evaluated: ${count} CEL rules, by fields that have some:\n  ${places.join(", ")}\n${deciding.size} of them decided here`;
}

function seedOf(index: number, round: number): number {
  return SEED * 1_000_003 + index * 4 + round;
}

/** How often each defect occurred and what came of it. */
function table(): string {
  const rows = new Map<string, { objects: number; refused: number; byRule: number; differences: number }>();
  for (const { case: each, outcome } of judged) {
    const row = rows.get(each.defect) ?? { objects: 0, refused: 0, byRule: 0, differences: 0 };
    row.objects++;
    if (outcome.result === "both refuse") row.refused++;
    if (outcome.result === "a rule decides") row.byRule++;
    if (outcome.result === "different" || outcome.samePlace === false) row.differences++;
    rows.set(each.defect, row);
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, row]) =>
        `${name.padEnd(24)} ${row.objects} objects, ${row.refused} refused, ${row.byRule} by a rule, ${row.differences} differences`,
    )
    .join("\n");
}
