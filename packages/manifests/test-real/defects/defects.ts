import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import type { CustomKind } from "../generate/custom-kinds.ts";
import type { Damaged, Defect } from "./defect.ts";
import { fieldDefects } from "./field-defects.ts";
import { listDefects } from "./list-defects.ts";
import { metadataDefect } from "./metadata.ts";
import { sitesOf } from "./sites.ts";
import { valueDefects } from "./value-defects.ts";

const DEFECTS: { readonly [name: string]: Defect } = { ...fieldDefects, ...listDefects, ...valueDefects };

/** All kinds of defects, those of `metadata` included. */
export const DEFECT_NAMES: readonly string[] = [...Object.keys(DEFECTS), "metadata"];

/** Those that few objects have a place for. */
export const RARE_DEFECTS: readonly string[] = [
  "out of bounds",
  "bad enum",
  "bad length or pattern",
  "bad format",
  "too many or few items",
  "too many or few fields",
  "duplicate item",
  "broken condition",
  "odd number",
  "number as text",
];

/** Damages an object in one way, or `undefined` where that way does not apply to it. */
export function damage(name: string, object: KubeObject, { schema }: CustomKind, random: Random): Damaged | undefined {
  const defect = DEFECTS[name];
  if (defect === undefined) return { object: metadataDefect(object, random) };
  const sites = sitesOf(object, schema).filter(defect.fits);
  return sites.length === 0 ? undefined : defect.damage(object, random.pick(sites), random);
}
