import type { CompactSchema } from "../../format.ts";
import { dataFile } from "../../internal/data-file.ts";

/** `ObjectMeta` and its like: the same objects as in every other group version of this process. */
export function metaDefinitions(): ReadonlyMap<string, CompactSchema> {
  return new Map(Object.entries(dataFile("meta_v1").definitions));
}
