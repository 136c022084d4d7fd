import { readFileSync } from "node:fs";
import { join } from "node:path";
import { recordEvidence } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { themes, upstreamTests } from "./cases.ts";
import { expectAlike, expectStated } from "./compare.ts";
import { exceptions, rowOf } from "./exceptions.ts";
import { idstackSops, realSops } from "./programs.ts";
import { World } from "./world.ts";

const world = await World.open();
afterAll(() => world.close());
const sops = await realSops();
const ours = await idstackSops(join(world.root, "idstack-sops"));
const all = Object.values(themes).flat();
let passed = 0;

describe.each(Object.entries(themes))("%s", (_, cases) => {
  test.concurrent.each(cases)("$name", async (one) => {
    const files = await world.prepare(one);
    const [theirs, own] = await Promise.all([world.play(sops, one, files), world.play(ours, one, files)]);
    await expectStated(one, theirs, world);
    await expectStated(one, own, world, one.differs);
    await expectAlike(one, theirs, own, world);
    passed += 1;
  });
});

test("every functional test of sops has its like here, and every exception is one", () => {
  const mirrored = new Set(all.flatMap(({ upstream = [] }) => upstream));
  expect(upstreamTests.filter((name) => !mirrored.has(name))).toEqual([]);
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8").replaceAll(/ +\|/g, " |");
  for (const row of Object.values(exceptions).map(rowOf)) expect(readme).toContain(row);
  const used = new Set(all.flatMap(({ differs }) => (differs === undefined ? [] : [differs.because])));
  expect(Object.keys(exceptions).filter((name) => !used.has(name as keyof typeof exceptions))).toEqual([]);
});

afterAll(async () => {
  if (passed < all.length) return;
  const named = all.filter(({ differs }) => differs !== undefined).length;
  await recordEvidence({
    component: "sops",
    proves: `idstack-sops answers command lines as sops does, but for the ${named} cases that its README lists`,
    checked: all.flatMap(({ run }) => run).length,
    unit: "command lines",
    mismatches: all.length - passed,
  });
});
