import { SopsError } from "../errors.ts";
import { parseYaml } from "../internal/parse-yaml.ts";
import type { MapNode } from "../internal/tree.ts";
import { ConfigReader } from "./config-reader.ts";
import type { SopsConfig } from "./creation-rule.ts";
import { readDestinations } from "./read-destinations.ts";
import { readRule } from "./read-rule.ts";
import { readStores } from "./read-stores.ts";

const TOP_FIELDS = ["creation_rules", "destination_rules", "stores"];

/**
 * Reads a `.sops.yaml`. Defects are reported with their position, not thrown: placeholder and invalid recipients,
 * patterns RE2 rejects, unknown fields (sops ignores them, so that a misspelt `path_regexp` makes a rule match every
 * file), selection options that exclude each other, rules without keys, keys that are none of their kind. Keys of every
 * kind are read, those of `destination_rules` too.
 *
 * @example
 * import { parseSopsConfig } from "@idstack/sops";
 * const { diagnostics } = parseSopsConfig("creation_rules:\n  - path_regexp: x\n    age: age1xxxxxxxxxxxx\n", { file: ".sops.yaml" });
 * for (const { line, message } of diagnostics) console.log(`${line}: ${message}`);
 */
export function parseSopsConfig(text: string, options: { readonly file?: string | undefined } = {}): SopsConfig {
  const { file } = options;
  let root: MapNode;
  try {
    root = parseYaml(text, file).documents[0]?.root ?? { kind: "map", items: [] };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    const { line, column, message } = error;
    return {
      file,
      rules: [],
      diagnostics: [{ code: "sops/config-invalid", severity: "error", message, file, line, column }],
    };
  }
  const reader = new ConfigReader(text, file);
  reader.fields(root, TOP_FIELDS, [], "warning");
  const rules = reader
    .list(root, "creation_rules", [])
    .map((node, index) => readRule(reader, node, index, ["creation_rules", index]));
  const destinations = readDestinations(reader, root);
  const indents = readStores(reader, root);
  return { file, rules, destinations, diagnostics: reader.diagnostics, indents };
}
