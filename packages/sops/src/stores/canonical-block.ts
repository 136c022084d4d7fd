import { type Scalar, str } from "../internal/scalar.ts";
import {
  type ElementItem,
  type EntryItem,
  elementsOf,
  entriesOf,
  entryOf,
  type ListNode,
  type MapNode,
  type TreeNode,
} from "../internal/tree.ts";
import { SELECTION_FIELDS } from "../selection.ts";

const KEY_LISTS = ["age", "azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp"];
/** Lists that a key group always has. */
const GROUP_LISTS = ["age", "hc_vault"];
/** Text that is there even if it is empty. */
const ALWAYS = ["lastmodified", "mac", "version"];

/**
 * Metadata of any layout from 3.7 on as sops 3.13 writes it: sorted, empty fields left out, times and numbers with their
 * own types, one key group at the top, the selection rule named. Fields that sops does not know stay.
 */
export function canonicalBlock(block: MapNode): MapNode {
  const fields = new Map(entriesOf(block).map(({ key, value }) => [key, canonical(value)]));
  const top = KEY_LISTS.some((key) => !isEmpty(fields.get(key)));
  const groups = elements(fields.get("key_groups")).map(keyGroup);
  const [only] = groups;
  fields.delete("key_groups");
  if (!top && groups.length === 1 && only !== undefined) {
    for (const { key, value } of entriesOf(only)) fields.set(key, value);
  } else if (!top && groups.length > 1) {
    fields.set("key_groups", listOf(groups));
  }
  for (const key of KEY_LISTS) {
    const list = elements(fields.get(key));
    fields.set(key, listOf(list.map((entry) => (key === "kms" && entry.kind === "map" ? kmsKey(entry) : entry))));
  }
  if (SELECTION_FIELDS.every(([, name]) => isEmpty(fields.get(name)))) {
    fields.set("unencrypted_suffix", leaf(str("_unencrypted")));
  }
  weakly(fields, "mac_only_encrypted", (text) => {
    return /^(?:1|t|T|TRUE|true|True)$/.test(text) ? { type: "bool", value: true } : undefined;
  });
  weakly(fields, "shamir_threshold", (text) => {
    return /^[1-9]\d*$/.test(text) ? { type: "int", value: BigInt(text) } : undefined;
  });
  return mapOf([...fields].filter(([key, value]) => ALWAYS.includes(key) || !isEmpty(value)));
}

/** Whether metadata has the layout of sops 3.13 already. In formats whose values are all strings, types are no part of it. */
export function isCanonical(block: MapNode): boolean {
  return JSON.stringify(shape(block)) === JSON.stringify(shape(canonicalBlock(block)));
}

function shape(node: TreeNode): unknown {
  if (node.kind === "map") return entriesOf(node).map(({ key, value }) => [key, shape(value)]);
  if (node.kind === "list") return { list: elementsOf(node).map(({ value }) => shape(value)) };
  const { scalar } = node;
  return "value" in scalar ? { text: String(scalar.value), time: scalar.type === "time" } : null;
}

function keyGroup(group: TreeNode): MapNode {
  const fields = new Map(group.kind === "map" ? entriesOf(group).map(({ key, value }) => [key, value]) : []);
  for (const name of GROUP_LISTS) fields.set(name, listOf(elements(fields.get(name))));
  return mapOf([...fields].filter(([key, value]) => GROUP_LISTS.includes(key) || !isEmpty(value)));
}

function kmsKey(entry: MapNode): MapNode {
  const rest = entriesOf(entry).filter(({ key, value }) => key === "aws_profile" || !isEmpty(value));
  const fields = rest.map(({ key, value }): [string, TreeNode] => [key, isNull(value) ? leaf(str("")) : value]);
  return mapOf(entryOf(entry, "aws_profile") === undefined ? [...fields, ["aws_profile", leaf(str(""))]] : fields);
}

/** Types are taken weakly, as sops takes them; undefined is a value that is left out. */
function weakly(fields: Map<string, TreeNode>, name: string, read: (text: string) => Scalar | undefined): void {
  const node = fields.get(name);
  if (node?.kind !== "leaf") return;
  const scalar = read("value" in node.scalar ? String(node.scalar.value) : "");
  if (scalar === undefined) fields.delete(name);
  else fields.set(name, leaf(scalar));
}

function canonical(node: TreeNode): TreeNode {
  if (node.kind === "map") return mapOf(entriesOf(node).map(({ key, value }) => [key, canonical(value)]));
  if (node.kind === "list") return listOf(elementsOf(node).map(({ value }) => canonical(value)));
  return leaf(node.scalar.type === "time" ? str(node.scalar.value) : node.scalar);
}

function elements(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === "list" ? elementsOf(node).map(({ value }) => value) : [];
}

function isEmpty(node: TreeNode | undefined): boolean {
  if (node === undefined || isNull(node)) return true;
  if (node.kind !== "leaf") return node.items.length === 0;
  return node.scalar.type === "str" && node.scalar.value === "";
}

function isNull(node: TreeNode): boolean {
  return node.kind === "leaf" && node.scalar.type === "null";
}

function leaf(scalar: Scalar): TreeNode {
  return { kind: "leaf", scalar };
}

function listOf(values: readonly TreeNode[]): ListNode {
  return { kind: "list", items: values.map((value): ElementItem => ({ kind: "element", value })) };
}

function mapOf(fields: readonly (readonly [string, TreeNode])[]): MapNode {
  const items = fields.map(([key, value]): EntryItem => ({ kind: "entry", key, value }));
  return { kind: "map", items: items.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}
