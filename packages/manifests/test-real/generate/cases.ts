import { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import type { Damaged } from "../defects/defect.ts";
import { DEFECT_NAMES, damage, RARE_DEFECTS } from "../defects/defects.ts";
import type { CustomKind } from "./custom-kinds.ts";
import { makeObject } from "./make-object.ts";

/** A valid object, as far as its schema says so. */
export interface Base {
  readonly seed: number;
  readonly kind: CustomKind;
  readonly object: KubeObject;
}

/** An object with one defect. */
export interface Case extends Damaged {
  readonly base: Base;
  readonly defect: string;
}

/** The same seed gives the same object. */
export function makeBase(kind: CustomKind, seed: number): Base {
  return { seed, kind, object: makeObject(kind, new Random(seed)) };
}

/** So many defective objects made from one valid one, each kind of defect once before one comes again. */
export function makeCases(base: Base, count: number): Case[] {
  const random = new Random(base.seed ^ 0x5eed);
  let left = new Set(DEFECT_NAMES);
  const cases: Case[] = [];
  while (cases.length < count) {
    if (left.size === 0) left = new Set(DEFECT_NAMES);
    // What applies to few objects goes first where it applies.
    const rare = random.chance(0.5) ? RARE_DEFECTS.filter((name) => left.has(name)) : [];
    const defect = random.pick(rare.length > 0 ? rare : [...left]);
    left.delete(defect);
    const damaged = damage(defect, base.object, base.kind, random);
    if (damaged !== undefined) cases.push({ ...damaged, base, defect });
  }
  return cases;
}
