import type { PolicyEntry } from "./entry.ts";
import type { Tri } from "./tri.ts";

/** The rules that govern one identity in one direction. */
export interface Governing {
  readonly entries: readonly { readonly entry: PolicyEntry; readonly subject: Tri }[];
  readonly defaultDeny: Tri;
  /** Rules that turned (or may have turned) default deny on. */
  readonly denyBy: readonly PolicyEntry[];
}
