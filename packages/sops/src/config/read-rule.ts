import { regexProblem } from "../internal/regex.ts";
import { entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { SELECTION_FIELDS, type Selection } from "../selection.ts";
import { type ConfigPath, type ConfigReader, isNull, textOf } from "./config-reader.ts";
import type { CreationRule } from "./creation-rule.ts";
import { readKeys } from "./read-keys.ts";
import { OTHER_FIELDS } from "./read-named-keys.ts";

const RULE_FIELDS = [
  "path_regex",
  "age",
  ...OTHER_FIELDS,
  "aws_profile",
  "key_groups",
  "shamir_threshold",
  "mac_only_encrypted",
  ...SELECTION_FIELDS.map(([, name]) => name),
];

/** A creation rule, or the recreation rule of a destination, which may leave out the keys. */
export function readRule(
  reader: ConfigReader,
  node: TreeNode,
  index: number,
  path: ConfigPath,
  keys: "needed" | "optional" = "needed",
): CreationRule {
  const from = reader.diagnostics.length;
  const map = reader.map(node, "a creation rule", path);
  reader.fields(map, RULE_FIELDS, path);
  const ruleKeys = readKeys(reader, map, path);
  const regexNode = entryOf(map, "path_regex")?.value;
  const pathRegex = readPathRegex(reader, map, path);
  const selection = readSelection(reader, map, path);
  const none = ruleKeys.recipients.length === 0 && ruleKeys.otherKeys.length === 0;
  if (none && keys === "needed" && reader.diagnostics.length === from) {
    reader.report("config-no-keys", "error", "the rule names no key: nothing could be encrypted for it", node, path);
  }
  return {
    index,
    ...reader.position(map.span?.start ?? node.span?.start ?? 0),
    pathRegex,
    pathRegexAt: pathRegex === undefined ? undefined : regexNode?.span && reader.position(regexNode.span.start),
    ...ruleKeys,
    ...selection,
    macOnlyEncrypted: readSwitch(reader, map, "mac_only_encrypted", path),
    problems: reader.diagnostics.slice(from),
  };
}

/** `path_regex`; undefined, which matches every path, when it is not there or empty. */
export function readPathRegex(reader: ConfigReader, map: MapNode, path: ConfigPath): string | undefined {
  const node = entryOf(map, "path_regex")?.value;
  const pattern = reader.text(map, "path_regex", path);
  if (node !== undefined && pattern !== undefined) checkRegex(reader, pattern, "path_regex", node, path);
  return pattern;
}

/** What sops takes for true and false where it wants to know. */
const TRUE = ["y", "Y", "yes", "on"];
const FALSE = ["n", "N", "no", "off"];

/** A field that is true or false. */
export function readSwitch(reader: ConfigReader, map: MapNode, name: string, path: ConfigPath): boolean | undefined {
  const node = entryOf(map, name)?.value;
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === "leaf" && node.scalar.type === "bool") return node.scalar.value;
  const word = textOf(node) ?? "";
  if (TRUE.includes(word) || FALSE.includes(word)) return TRUE.includes(word);
  reader.report("config-invalid", "error", `${name} is neither true nor false`, node, [...path, name]);
  return undefined;
}

function readSelection(reader: ConfigReader, map: MapNode, path: ConfigPath): Selection {
  const selection: Record<string, string> = {};
  const names: string[] = [];
  for (const [field, name] of SELECTION_FIELDS) {
    const node = entryOf(map, name)?.value;
    const value = node && textOf(node);
    if (node === undefined || value === undefined || value === "") continue;
    if (name.endsWith("regex")) checkRegex(reader, value, name, node, path);
    selection[field] = value;
    names.push(name);
    if (names.length < 2) continue;
    const message = `${names.join(" and ")} exclude each other`;
    reader.report("config-conflicting-selection", "error", message, node, [...path, name], "Keep one of them.");
  }
  return selection as Selection;
}

function checkRegex(reader: ConfigReader, pattern: string, name: string, node: TreeNode, path: ConfigPath): void {
  const problem = regexProblem(pattern);
  if (problem === undefined) return;
  const effect = name === "path_regex" ? "sops stops with an error" : "sops then writes plaintext";
  const message = `${name} is not a regular expression RE2 accepts (${problem}): ${effect}`;
  const help = "RE2 has no look-around and no back-references.";
  reader.report("config-invalid-regex", "error", message, node, [...path, name], help);
}
