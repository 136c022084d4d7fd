import { isEnvelope } from "../internal/envelope.ts";
import { str } from "../internal/scalar.ts";
import type { ElementItem, MapNode, TreeNode } from "../internal/tree.ts";
import { emitGoYaml, withBlock } from "./emit-go-yaml.ts";
import type { Store } from "./store.ts";

/** Whose layout a text has: that of the text it was made from, or that of sops. */
export type SopsEmit = "source" | "sops";

/** Trees as sops 3.13 writes them, with metadata for an encrypted file. `indent` is for YAML and JSON. */
export function emitAsSops(
  store: Store | undefined,
  roots: readonly MapNode[],
  metadata?: MapNode,
  indent?: number,
): string {
  const [only] = roots;
  if (store !== undefined) return only === undefined ? "" : store.emit(only, metadata, indent);
  const all = metadata === undefined ? roots : roots.map((root) => withBlock(listed(root) as MapNode, metadata));
  return emitGoYaml(all, indent);
}

/** Encrypted comments of lists are elements. */
function listed(node: TreeNode): TreeNode {
  if (node.kind === "leaf") return node;
  if (node.kind === "map") {
    const items = node.items.map((item) => (item.kind === "comment" ? item : { ...item, value: listed(item.value) }));
    return { ...node, items };
  }
  const items = node.items.map((item): (typeof node.items)[number] => {
    if (item.kind !== "comment") return { ...item, value: listed(item.value) };
    if (!isEnvelope(item.text) || item.lost === true) return item;
    const element: ElementItem = { kind: "element", value: { kind: "leaf", scalar: str(item.text) } };
    return element;
  });
  return { ...node, items };
}
