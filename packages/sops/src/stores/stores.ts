import { SopsError } from "../errors.ts";
import type { SopsFormat } from "./format.ts";
import { jsonStore } from "./json-store.ts";
import type { Store } from "./store.ts";

/** The store of a format; undefined for YAML, whose layout has rules of its own. */
export function storeFor(format: SopsFormat): Store | undefined {
  if (format === "yaml") return undefined;
  if (format === "json") return jsonStore;
  throw new SopsError("unsupported-format", `${format} files are not supported yet`);
}
