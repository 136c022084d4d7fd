import type { KubeObject } from "@idstack/manifests";
import { type CiliumPolicy, ciliumPolicy, Random, recordEvidence } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCilium } from "./ask-cilium.ts";
import { askReach } from "./ask-reach.ts";
import { BUGS } from "./bugs.ts";
import { poorViewOf } from "./cluster.ts";
import { type Compared, compare, verdictOf } from "./compare.ts";
import { Counts } from "./counts.ts";
import { ODDITIES, OPEN } from "./oddities.ts";
import { generateScene, objectsIn, type Scene } from "./scene.ts";

/** One case, one seed. `IDSTACK_SEED` and `IDSTACK_CASES` choose others: any number of them must agree. */
const FIRST = Number(process.env["IDSTACK_SEED"] ?? 1);
const CASES = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 20_000 : 1200));
const FLOWS = 60;

let oracle: CiliumPolicy;
beforeAll(async () => {
  oracle = await ciliumPolicy();
});
afterAll(() => oracle?.close());

/** What both engines say about a scene. Cilium is asked once, our engine again for every planted bug. */
interface Judged {
  readonly scene: Scene;
  readonly compared: readonly Compared[];
}

const judged: Judged[] = [];
const counts = new Counts();
const caught = new Map(Object.keys(BUGS).map((name) => [name, 0]));

test("decides as Cilium does, by the rules that Cilium names, and refuses the same policies", async () => {
  const differences: string[] = [];
  for (let seed = FIRST; seed < FIRST + CASES; seed++) {
    const scene = generateScene(seed, FLOWS);
    const policies = objectsIn(scene);
    const reach = askReach(scene.cluster, policies, scene.flows);
    const cilium = await askCilium(oracle, scene.cluster, policies, reach.pairs);
    if (reach.refused.join() !== cilium.refused.join())
      differences.push(`seed ${seed}: refuses ${reach.refused} instead of ${JSON.stringify(cilium.parseErrors)}`);
    const compared = compare(reach.pairs, cilium.pairs).filter((side) => side.cilium.enforced || side.difference);
    judged.push({ scene, compared });
    counts.expectAll(scene);
    for (const side of compared) {
      counts.add(scene, side);
      if (side.difference !== undefined) differences.push(`seed ${seed}: ${describe(side)}`);
    }
  }
  console.log(counts.table());
  await recordEvidence({
    component: "cilium-policy",
    proves: "@idstack/reach decides alike, by the same rules",
    checked: counts.decisions,
    unit: "decisions",
    mismatches: differences.length,
  });
  expect(differences.slice(0, 10)).toEqual([]);
  expect(counts.decisions).toBeGreaterThanOrEqual(5000);
  expect(counts.denied / counts.decisions).toBeGreaterThan(0.3);
  expect(counts.denied / counts.decisions).toBeLessThan(0.7);
  expect(counts.rare(200)).toEqual([]);
});

test.for(Object.entries(BUGS))("notices the bug: %s", async ([name, plant]) => {
  let noticed = 0;
  for (const { scene, compared } of judged.slice(0, 300)) {
    const buggy = objectsIn(scene).map((policy: KubeObject) => plant(policy));
    const truth = new Map(compared.map((side) => [keyOf(side), verdictOf(side.cilium)]));
    const { pairs } = askReach(scene.cluster, buggy, scene.flows);
    for (const pair of pairs) {
      for (const direction of ["egress", "ingress"] as const) {
        const right = truth.get(keyOf({ pair, direction }));
        if (right !== undefined && right !== pair[direction].verdict) noticed++;
      }
    }
  }
  caught.set(name, noticed);
  expect(noticed).toBeGreaterThan(0);
});

test("never contradicts Cilium when it knows less", async () => {
  const differences: string[] = [];
  let sides = 0;
  let open = 0;
  for (const { scene } of judged.slice(0, 300)) {
    const policies = objectsIn(scene);
    const view = poorViewOf(new Random(scene.seed), scene.cluster);
    const { pairs } = askReach(scene.cluster, policies, scene.flows, view);
    const known = pairs.filter(({ from, to }) => !isElsewhere(`${from} ${to}`, scene));
    const cilium = await askCilium(oracle, scene.cluster, policies, known);
    for (const side of compare(known, cilium.pairs)) {
      if (!side.cilium.enforced) continue;
      sides++;
      if (side.reach.verdict === "unknown") open++;
      else if (side.reach.verdict !== verdictOf(side.cilium)) differences.push(`seed ${scene.seed}: ${describe(side)}`);
    }
  }
  await recordEvidence({
    component: "cilium-policy",
    proves: "@idstack/reach contradicts nothing when it knows less",
    checked: sides,
    unit: "decisions",
    mismatches: differences.length,
  });
  console.log(`${sides} decisions with less knowledge, ${Math.round((100 * open) / sides)} % of them left open`);
  expect(differences.slice(0, 10)).toEqual([]);
  expect(open).toBeGreaterThan(0);
});

test("agrees on odd rules: whether they are refused, and what they do", async () => {
  const differences: string[] = [];
  let refused = 0;
  for (const [name, spec] of Object.entries(ODDITIES)) {
    const wide = "nodeSelector" in spec;
    const kind = wide ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy";
    const metadata = { name: "odd", ...(wide ? {} : { namespace: "apps" }) };
    const odd = { apiVersion: "cilium.io/v2", kind, metadata, spec: { endpointSelector: {}, ...spec } };
    const policies = [odd as unknown as KubeObject];
    for (let seed = 1; seed <= 4; seed++) {
      const scene = generateScene(seed, FLOWS, policies);
      const reach = askReach(scene.cluster, policies, scene.flows);
      const cilium = await askCilium(oracle, scene.cluster, policies, reach.pairs);
      if (seed === 1) refused += cilium.refused.length;
      if (reach.refused.join() !== cilium.refused.join())
        differences.push(`${name}: refused by ${reach.refused.length === 0 ? "Cilium" : "us"} alone`);
      for (const side of compare(reach.pairs, cilium.pairs)) {
        const decided = !OPEN.includes(name);
        if (side.difference !== undefined && decided) differences.push(`${name}: ${describe(side)}`);
      }
    }
  }
  await recordEvidence({
    component: "cilium-policy",
    proves: "@idstack/reach refuses the same odd rules, and reads the others alike",
    checked: Object.keys(ODDITIES).length,
    unit: "rules",
    mismatches: differences.length,
  });
  console.log(`${Object.keys(ODDITIES).length} odd rules, ${refused} of them refused by both`);
  expect(differences.slice(0, 10)).toEqual([]);
});

afterAll(() => {
  const rows = [...caught].map(([name, noticed]) => `${String(noticed).padStart(7)}  ${name}`);
  console.log(["decisions that turn with a planted bug:", ...rows].join("\n"));
});

/**
 * With less knowledge our engine also answers for clusters that are not this one: names that resolve to IPv6, and an
 * API server outside that has the address of a node.
 */
function isElsewhere(ends: string, { cluster }: Scene): boolean {
  return ends.includes("(IPv6)") || (cluster.apiServerOnNode && ends.includes("(outside the cluster)"));
}

function keyOf({ pair, direction }: Pick<Compared, "pair" | "direction">): string {
  const { from, to, flow } = pair;
  return JSON.stringify([from, to, flow.protocol, flow.port, flow.http, direction]);
}

function describe({ pair, direction, reach, cilium, difference }: Compared): string {
  const { protocol, port, http } = pair.flow;
  const request = http === undefined ? "" : ` ${http.method} ${http.path}`;
  return `${direction} ${pair.from} → ${pair.to} ${protocol}/${port}${request}: ${difference} (${reach.text}; Cilium: ${JSON.stringify(cilium)})`;
}
