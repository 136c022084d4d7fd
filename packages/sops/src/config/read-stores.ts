import { entriesOf, entryOf, type MapNode } from "../internal/tree.ts";
import { type ConfigReader, isNull } from "./config-reader.ts";

/** Fields of `stores`, and the fields of each. */
const STORES: Readonly<Record<string, readonly string[]>> = {
  yaml: ["indent"],
  json: ["indent"],
  json_binary: ["indent"],
  dotenv: [],
  ini: [],
};

/** The indentation `stores` gives; fields sops does not know are reported. */
export function readStores(reader: ConfigReader, root: MapNode): Readonly<Record<string, number>> {
  const node = entryOf(root, "stores")?.value;
  if (node === undefined || isNull(node)) return {};
  const stores = reader.map(node, "stores", ["stores"]);
  reader.fields(stores, Object.keys(STORES), ["stores"], "warning");
  const found = entriesOf(stores).flatMap(({ key, value }): (readonly [string, number])[] => {
    const path = ["stores", key];
    if (STORES[key] === undefined || isNull(value)) return [];
    const store = reader.map(value, `stores.${key}`, path);
    reader.fields(store, STORES[key], path, "warning");
    const indent = entryOf(store, "indent")?.value;
    if (indent === undefined || isNull(indent)) return [];
    const spaces = indent.kind === "leaf" && indent.scalar.type === "int" ? Number(indent.scalar.value) : undefined;
    const at = [...path, "indent"];
    if (spaces === undefined || spaces < (key === "yaml" ? 0 : -1)) {
      reader.report("config-invalid", "error", "indent is a number of spaces", indent, at);
      return [];
    }
    // go-yaml takes 2 to 9, and anything else for 2; sops takes 0 for its default.
    if (key === "yaml" && spaces !== 0 && (spaces < 2 || spaces > 9)) {
      reader.report("config-indent", "warning", `YAML can be indented by 2 to 9 spaces, not by ${spaces}`, indent, at);
    }
    return [[key, spaces]];
  });
  return Object.fromEntries(found);
}
