import { recipientProblem } from "../age/recipients.ts";
import { entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import type { NamedKey } from "../keys/named-key.ts";
import { type ConfigPath, type ConfigReader, isNull, textOf } from "./config-reader.ts";
import type { CreationRule } from "./creation-rule.ts";
import { readFlatKeys, readGroupKeys, unique } from "./read-named-keys.ts";

const GROUP_FIELDS = ["merge", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault", "age", "pgp"];

export type RuleKeys = Pick<CreationRule, "recipients" | "otherKeys" | "namedKeys" | "keyGroups" | "shamirThreshold">;

interface Group {
  readonly recipients: readonly string[];
  readonly named: readonly NamedKey[];
}

/** For whom a rule encrypts. */
export function readKeys(reader: ConfigReader, rule: MapNode, path: ConfigPath): RuleKeys {
  const nodes = reader.list(rule, "key_groups", path);
  if (nodes.length === 0) {
    const named = unique(readFlatKeys(reader, rule, path));
    return ruleKeys([{ recipients: recipientsOf(reader, rule, path), named }]);
  }
  // Key groups replace the keys beside them.
  const groups = nodes.map((node, index) => readGroup(reader, node, [...path, "key_groups", index]));
  if (groups.length === 1) return ruleKeys(groups);
  groups.forEach((group, index) => {
    if (group.recipients.length + group.named.length > 0) return;
    const message = "the key group names no key: its part of the data key would be lost";
    reader.report("config-no-keys", "error", message, nodes[index] ?? rule, [...path, "key_groups", index]);
  });
  const shamirThreshold = readThreshold(reader, rule, groups.length, path);
  return { ...ruleKeys(groups), keyGroups: groups.map(({ recipients }) => recipients), shamirThreshold };
}

function ruleKeys(groups: readonly Group[]): RuleKeys {
  const named = groups.map((group) => group.named);
  return {
    recipients: [...new Set(groups.flatMap(({ recipients }) => recipients))],
    otherKeys: [...new Set(named.flat().map(({ kind }) => kind))],
    namedKeys: named.flat().length === 0 ? undefined : named,
  };
}

/** A key group, with those it merges into itself. */
function readGroup(reader: ConfigReader, node: TreeNode, path: ConfigPath): Group {
  if (isNull(node)) return { recipients: [], named: [] };
  const map = reader.map(node, "a key group", path);
  reader.fields(map, GROUP_FIELDS, path);
  const merged = reader
    .list(map, "merge", path)
    .map((inner, index) => readGroup(reader, inner, [...path, "merge", index]));
  return {
    recipients: [
      ...new Set([...merged.flatMap(({ recipients }) => recipients), ...recipientsOf(reader, map, path, "list")]),
    ],
    named: unique([...merged.flatMap(({ named }) => named), ...readGroupKeys(reader, map, path)]),
  };
}

/** sops takes one text with commas in a rule, but not in a key group. */
function recipientsOf(reader: ConfigReader, map: MapNode, path: ConfigPath, form?: "list"): string[] {
  const node = entryOf(map, "age")?.value;
  if (node === undefined || isNull(node)) return [];
  const leaves = node.kind === "leaf" && form === undefined ? [node] : reader.list(map, "age", path);
  const found = leaves.flatMap((leaf) => {
    const parts = (textOf(leaf) ?? "").split(",").map((part) => part.trim());
    return parts.filter((part) => part !== "" && isRecipient(reader, part, leaf, [...path, "age"]));
  });
  return [...new Set(found)];
}

function isRecipient(reader: ConfigReader, text: string, node: TreeNode, path: ConfigPath): boolean {
  const problem = recipientProblem(text);
  if (problem === undefined) return true;
  const shown = text.startsWith("AGE-") ? "the recipient" : `recipient ${text}`;
  const help = "Put the public key of a key pair here: age-keygen prints it, generateIdentity() returns it.";
  reader.report("config-invalid-recipient", "error", `${shown} ${problem}`, node, path, help);
  return false;
}

function readThreshold(reader: ConfigReader, rule: MapNode, groups: number, path: ConfigPath): number | undefined {
  const node = entryOf(rule, "shamir_threshold")?.value;
  const value = node?.kind === "leaf" && node.scalar.type === "int" ? Number(node.scalar.value) : undefined;
  if (node === undefined || value === 0) return undefined;
  if (value !== undefined && value >= 2 && value <= groups) return value;
  const message = `shamir_threshold must be at least 2 and at most the number of key groups (${groups})`;
  reader.report("config-invalid-threshold", "error", message, node, [...path, "shamir_threshold"]);
  return undefined;
}
