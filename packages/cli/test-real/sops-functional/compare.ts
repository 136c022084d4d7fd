import { expect } from "vitest";
import type { Case, Difference, Step } from "./case.ts";
import { isSealed, keptLines, mask } from "./mask.ts";
import type { Ended } from "./programs.ts";
import type { Played, World } from "./world.ts";

/** What fixtures keep secret. No message may hold it. */
export const secret = "hunter2";

/** A program did what the case says. */
export async function expectStated(one: Case, played: Played, world: World, differs?: Difference): Promise<void> {
  const steps: readonly Step[] = [one.run].flat();
  for (const [index, step] of steps.entries()) {
    const last = index === steps.length - 1;
    const wanted: Step = last ? { ...step, ...(differs as Partial<Step>) } : step;
    const ended = played.steps[index] as Ended;
    const where = `${step.args.join(" ")}\n${ended.stderr}`;
    expect(ended.status, where).toBe(wanted.status ?? 0);
    if (wanted.stdout instanceof RegExp) expect(ended.stdout, where).toMatch(wanted.stdout);
    else if (wanted.stdout !== undefined) expect(ended.stdout, where).toBe(world.fill(wanted.stdout, "{cwd}"));
    const says = wanted.says ?? ended.status !== 0;
    if (says instanceof RegExp) expect(ended.stderr, where).toMatch(says);
    else if (says) expect(ended.stderr, where).not.toBe("");
    else expect(ended.stderr, where).toBe("");
  }
  for (const [name, text] of Object.entries({ ...one.opens, ...differs?.opens })) {
    const found = name === "stdout" ? played.steps.at(-1)?.stdout : played.after[placeOf(name)];
    expect(isSealed(found ?? ""), `${name} is encrypted`).toBe(true);
    expect(await world.opened(found ?? ""), name).toBe(text);
  }
  for (const name of one.kept ?? []) expect(played.after[placeOf(name)], name).toBe(played.before[placeOf(name)]);
  for (const name of one.absent ?? []) expect(played.after[placeOf(name)], name).toBeUndefined();
}

/** Two programs did the same: exit status, stdout, files with their permissions, and whether stderr says something. */
export async function expectAlike(one: Case, real: Played, ours: Played, world: World): Promise<void> {
  const { differs } = one;
  const steps = [one.run].flat();
  for (const [index, theirs] of real.steps.entries()) {
    const own = ours.steps[index] as Ended;
    const excepted = index === steps.length - 1 ? differs : undefined;
    const where = `${steps[index]?.args.join(" ")}\nsops: ${theirs.stderr}\nours: ${own.stderr}`;
    if (excepted?.status === undefined) expect(own.status, where).toBe(theirs.status);
    if (excepted?.stdout === undefined) await expectSameText(own.stdout, theirs.stdout, where, world);
    if (excepted?.says === undefined) expect(own.stderr !== "", where).toBe(theirs.stderr !== "");
    expect(own.stderr, where).not.toContain(secret);
  }
  if (differs?.files === false) return;
  expect(Object.keys(ours.after).sort()).toEqual(Object.keys(real.after).sort());
  for (const [name, theirs] of Object.entries(real.after)) {
    const own = ours.after[name] ?? "";
    await expectSameText(own, theirs, name, world);
    const before = real.before[name] ?? "";
    const kept = keptLines(before, own);
    for (const line of keptLines(before, theirs)) expect(kept.has(line), `${name} keeps ${line}`).toBe(true);
  }
  expect(ours.modes, "permissions").toEqual(real.modes);
}

async function expectSameText(ours: string, theirs: string, where: string, world: World): Promise<void> {
  if (!isSealed(theirs)) {
    expect(ours, where).toBe(theirs);
    return;
  }
  expect(mask(ours), where).toBe(mask(theirs));
  expect(await world.opened(ours), where).toBe(await world.opened(theirs));
}

function placeOf(name: string): string {
  return name.startsWith("~/") ? `home/${name.slice(2)}` : `work/${name}`;
}
