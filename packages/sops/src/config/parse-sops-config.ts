import { recipientProblem } from "../age/recipients.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { SopsError } from "../errors.ts";
import { closest } from "../internal/closest.ts";
import { dataOf } from "../internal/data-tree.ts";
import { parseYaml } from "../internal/parse-yaml.ts";
import { formatKeyPath, positionAt } from "../internal/position.ts";
import { regexProblem } from "../internal/regex.ts";
import { elementsOf, entriesOf, entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { SELECTION_FIELDS, type Selection } from "../selection.ts";
import type { CreationRule, SopsConfig } from "./creation-rule.ts";

const TOP_FIELDS = ["creation_rules", "destination_rules", "stores"];
const OTHER_KEYS = ["kms", "pgp", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri", "hckms"];
const GROUP_FIELDS = ["merge", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault", "age", "pgp"];
const RULE_FIELDS = [
  "path_regex",
  "age",
  ...OTHER_KEYS,
  "aws_profile",
  "key_groups",
  "shamir_threshold",
  "mac_only_encrypted",
  ...SELECTION_FIELDS.map(([, name]) => name),
];

/**
 * Reads a `.sops.yaml`. Defects are reported with their position, not thrown: placeholder and invalid recipients,
 * patterns RE2 rejects, unknown fields (sops ignores them, so that a misspelt `path_regexp` makes a rule match every
 * file), selection options that exclude each other, rules without keys.
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
  const reader = new Reader(text, file);
  reader.fields(root, TOP_FIELDS, [], "warning");
  const list = entryOf(root, "creation_rules")?.value;
  if (list !== undefined && list.kind !== "list") {
    reader.report("config-invalid", "error", "creation_rules is not a list", list, ["creation_rules"]);
  }
  const elements = list?.kind === "list" ? elementsOf(list) : [];
  const rules = elements.map((element, index) => reader.rule(element.value, index));
  return { file, rules, diagnostics: reader.diagnostics, indents: indentsOf(root) };
}

function indentsOf(root: MapNode): Readonly<Record<string, number>> {
  const stores = entryOf(root, "stores")?.value;
  const found = (stores?.kind === "map" ? entriesOf(stores) : []).flatMap(({ key, value }) => {
    const indent = value.kind === "map" ? entryOf(value, "indent")?.value : undefined;
    return indent?.kind === "leaf" && indent.scalar.type === "int" ? [[key, Number(indent.scalar.value)] as const] : [];
  });
  return Object.fromEntries(found);
}

type RuleKeys = Pick<CreationRule, "recipients" | "otherKeys" | "keyGroups" | "shamirThreshold">;

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #text: string;
  readonly #file: string | undefined;

  constructor(text: string, file: string | undefined) {
    this.#text = text;
    this.#file = file;
  }

  rule(node: TreeNode, index: number): CreationRule {
    const from = this.diagnostics.length;
    const path = ["creation_rules", index];
    const map: MapNode = node.kind === "map" ? node : { kind: "map", items: [] };
    if (node.kind !== "map") this.report("config-invalid", "error", "a creation rule is a mapping", node, path);
    this.fields(map, RULE_FIELDS, path, "error");
    const keys = this.#keys(map, path);
    const macOnly = entryOf(map, "mac_only_encrypted")?.value;
    const regexNode = entryOf(map, "path_regex")?.value;
    const pathRegex = regexNode === undefined ? undefined : textOf(regexNode);
    if (regexNode !== undefined && pathRegex !== undefined) this.#regex(pathRegex, "path_regex", regexNode, path);
    const selection = this.#selection(map, path);
    if (keys.recipients.length === 0 && keys.otherKeys.length === 0 && this.diagnostics.length === from) {
      this.report("config-no-keys", "error", "the rule names no key: nothing could be encrypted for it", node, path);
    }
    return {
      index,
      ...this.#position(map.span?.start ?? node.span?.start ?? 0),
      pathRegex: pathRegex === "" ? undefined : pathRegex,
      pathRegexAt: pathRegex === "" ? undefined : regexNode?.span && this.#position(regexNode.span.start),
      ...keys,
      ...selection,
      macOnlyEncrypted: macOnly?.kind === "leaf" && macOnly.scalar.type === "bool" ? macOnly.scalar.value : undefined,
      problems: this.diagnostics.slice(from),
    };
  }

  /** Names fields that sops would ignore without a word. */
  fields(
    map: MapNode,
    known: readonly string[],
    path: readonly (string | number)[],
    severity: "error" | "warning",
  ): void {
    for (const { key, keySpan } of entriesOf(map)) {
      if (known.includes(key)) continue;
      const meant = closest(key, known);
      const help = meant === undefined ? "Remove it, or check its spelling." : `Did you mean ${meant}?`;
      const message = `unknown field ${key}, which sops ignores`;
      this.#add("config-unknown-field", severity, message, keySpan?.start, [...path, key], help);
    }
  }

  report(
    code: string,
    severity: Diagnostic["severity"],
    message: string,
    node: TreeNode,
    path: readonly (string | number)[],
    help?: string,
  ): void {
    this.#add(code, severity, message, node.span?.start, path, help);
  }

  #keys(map: MapNode, path: readonly (string | number)[]): RuleKeys {
    const groups = entryOf(map, "key_groups")?.value;
    const list = groups?.kind === "list" ? elementsOf(groups) : [];
    if (list.length === 0) {
      return { recipients: this.#recipients(map, path), otherKeys: OTHER_KEYS.filter((name) => hasValue(map, name)) };
    }
    // Key groups replace the keys beside them.
    const found = list.map(({ value }, index) => this.#group(value, [...path, "key_groups", index]));
    const recipients = [...new Set(found.flatMap((group) => group.recipients))];
    const otherKeys = [...new Set(found.flatMap((group) => group.otherKeys))];
    if (list.length === 1) return { recipients, otherKeys };
    found.forEach((group, index) => {
      if (group.recipients.length + group.otherKeys.length > 0) return;
      const message = "the key group names no key: its part of the data key would be lost";
      this.report("config-no-keys", "error", message, list[index]?.value ?? map, [...path, "key_groups", index]);
    });
    const shamirThreshold = this.#threshold(map, list.length, path);
    return { recipients, otherKeys, keyGroups: found.map((group) => group.recipients), shamirThreshold };
  }

  /** A key group, with those it merges into itself. */
  #group(node: TreeNode, path: readonly (string | number)[]): RuleKeys {
    if (node.kind !== "map") {
      this.report("config-invalid", "error", "a key group is a mapping", node, path);
      return { recipients: [], otherKeys: [] };
    }
    this.fields(node, GROUP_FIELDS, path, "error");
    const merge = entryOf(node, "merge")?.value;
    const merged = (merge?.kind === "list" ? elementsOf(merge) : []).map(({ value }, index) =>
      this.#group(value, [...path, "merge", index]),
    );
    const own = GROUP_FIELDS.filter((name) => name !== "age" && name !== "merge" && hasValue(node, name));
    return {
      recipients: [...new Set([...merged.flatMap((group) => group.recipients), ...this.#recipients(node, path)])],
      otherKeys: [...new Set([...merged.flatMap((group) => group.otherKeys), ...own])],
    };
  }

  #threshold(map: MapNode, groups: number, path: readonly (string | number)[]): number | undefined {
    const node = entryOf(map, "shamir_threshold")?.value;
    const value = node?.kind === "leaf" && node.scalar.type === "int" ? Number(node.scalar.value) : undefined;
    if (node === undefined || value === 0) return undefined;
    if (value !== undefined && value >= 2 && value <= groups) return value;
    const message = `shamir_threshold must be at least 2 and at most the number of key groups (${groups})`;
    this.report("config-invalid-threshold", "error", message, node, [...path, "shamir_threshold"]);
    return undefined;
  }

  #recipients(map: MapNode, path: readonly (string | number)[]): string[] {
    const node = entryOf(map, "age")?.value;
    if (node === undefined || node.kind === "map") return [];
    const leaves = node.kind === "leaf" ? [node] : elementsOf(node).map(({ value }) => value);
    const recipients = leaves.flatMap((leaf) => {
      const parts = (textOf(leaf) ?? "").split(",").map((part) => part.trim());
      return parts
        .filter((part) => part !== "")
        .filter((part) => {
          const problem = recipientProblem(part);
          if (problem === undefined) return true;
          const shown = part.startsWith("AGE-") ? "the recipient" : `recipient ${part}`;
          const help = "Put the public key of a key pair here: age-keygen prints it, generateIdentity() returns it.";
          this.report("config-invalid-recipient", "error", `${shown} ${problem}`, leaf, [...path, "age"], help);
          return false;
        });
    });
    return [...new Set(recipients)];
  }

  #selection(map: MapNode, path: readonly (string | number)[]): Selection {
    const selection: Record<string, string> = {};
    const names: string[] = [];
    for (const [field, name] of SELECTION_FIELDS) {
      const node = entryOf(map, name)?.value;
      const value = node && textOf(node);
      if (node === undefined || value === undefined || value === "") continue;
      if (name.endsWith("regex")) this.#regex(value, name, node, path);
      selection[field] = value;
      names.push(name);
      if (names.length < 2) continue;
      const message = `${names.join(" and ")} exclude each other`;
      this.report("config-conflicting-selection", "error", message, node, [...path, name], "Keep one of them.");
    }
    return selection as Selection;
  }

  #regex(pattern: string, name: string, node: TreeNode, path: readonly (string | number)[]): void {
    const problem = regexProblem(pattern);
    if (problem === undefined) return;
    const effect = name === "path_regex" ? "sops stops with an error" : "sops then writes plaintext";
    const message = `${name} is not a regular expression RE2 accepts (${problem}): ${effect}`;
    this.report(
      "config-invalid-regex",
      "error",
      message,
      node,
      [...path, name],
      "RE2 has no look-around and no back-references.",
    );
  }

  #add(
    code: string,
    severity: Diagnostic["severity"],
    message: string,
    offset: number | undefined,
    path: readonly (string | number)[],
    help: string | undefined,
  ): void {
    const at = this.#position(offset ?? 0);
    this.diagnostics.push({
      code: `sops/${code}`,
      severity,
      message,
      file: this.#file,
      ...at,
      path: formatKeyPath(path),
      ...(help === undefined ? {} : { help }),
    });
  }

  #position(offset: number): { line: number; column: number } {
    return positionAt(this.#text, offset);
  }
}

function textOf(node: TreeNode): string | undefined {
  if (node.kind !== "leaf" || node.scalar.type === "null") return undefined;
  return String(dataOf(node));
}

function hasValue(map: MapNode, name: string): boolean {
  const node = entryOf(map, name)?.value;
  if (node === undefined) return false;
  if (node.kind === "leaf") return (textOf(node) ?? "") !== "";
  return node.items.length > 0;
}
