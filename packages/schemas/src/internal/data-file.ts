import type { CompactSchema, KindSchema } from "../format.ts";
import { readData } from "./data.ts";

/** What a data file holds: the definitions at home in it, and the names it takes from other files. */
export interface DataFile {
  readonly kinds: { readonly [kind: string]: KindSchema };
  readonly definitions: { readonly [name: string]: CompactSchema };
  readonly imports: { readonly [file: string]: readonly string[] };
}

const files = new Map<string, DataFile>();

/** `data/<name>.json`, read once. */
export function dataFile(name: string): DataFile {
  const known = files.get(name);
  if (known !== undefined) return known;
  const parsed = readData(name) as DataFile;
  files.set(name, parsed);
  return parsed;
}
