import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import { type Site, withValue } from "./sites.ts";

/** An object with one defect. */
export interface Damaged {
  readonly object: KubeObject;
  /** Of a misspelt field: what was misspelt, and how. */
  readonly typo?: { readonly was: string; readonly is: string };
}

export type Damage = (object: KubeObject, site: Site, random: Random) => Damaged | undefined;

/** A kind of defect. Some leave the object valid at times: the server says when. */
export interface Defect {
  /** Where it can be. */
  readonly fits: (site: Site) => boolean;
  readonly damage: Damage;
}

/** Puts another value in the place of the one that is there. */
export function replacedBy(make: (site: Site, random: Random) => unknown): Damage {
  return (object, site, random) => ({ object: withValue(object, site.path, make(site, random)) });
}
