import { binaryStore } from "./binary-store.ts";
import { dotenvStore } from "./dotenv-store.ts";
import type { SopsFormat } from "./format.ts";
import { iniStore } from "./ini-store.ts";
import { jsonStore } from "./json-store.ts";
import type { Store } from "./store.ts";

const STORES = { json: jsonStore, dotenv: dotenvStore, ini: iniStore, binary: binaryStore };

/** The store of a format; undefined for YAML, whose layout has rules of its own. */
export function storeFor(format: SopsFormat): Store | undefined {
  return format === "yaml" ? undefined : STORES[format];
}
