import { appendFileSync } from "node:fs";
import { join } from "node:path";

/** One object a builder returned. */
export interface CollectedObject {
  /** `policy/networkPolicy` */
  readonly builder: string;
  readonly object: { readonly apiVersion: string; readonly kind: string };
}

type Builder = (...args: unknown[]) => unknown;

/** The function, recording the Kubernetes objects in everything it returns. */
export function recordBuilder(folder: string, name: string, builder: Builder): Builder {
  return (...args) => {
    const result = builder(...args);
    const found = objectsIn(result);
    if (found.length > 0) append(found.map((object) => ({ builder: `${folder}/${name}`, object })));
    return result;
  };
}

/** Kubernetes objects in a value: the value itself, or what its lists and fields hold. */
export function objectsIn(value: unknown, depth = 0): CollectedObject["object"][] {
  if (typeof value !== "object" || value === null || depth > 3) return [];
  if ("apiVersion" in value && "kind" in value && "metadata" in value) return [value as CollectedObject["object"]];
  return Object.values(value).flatMap((item) => objectsIn(item, depth + 1));
}

function append(collected: readonly CollectedObject[]): void {
  const folder = process.env["IDSTACK_COLLECT"];
  if (folder === undefined) throw new Error("IDSTACK_COLLECT does not name a folder");
  appendFileSync(join(folder, `${process.pid}.ndjson`), collected.map((each) => `${JSON.stringify(each)}\n`).join(""));
}
