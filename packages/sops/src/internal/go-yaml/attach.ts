import type { CommentItem, ElementItem, EntryItem, ListNode, MapNode, Span, TreeNode } from "../tree.ts";
import type { GoDocument, GoNode } from "./nodes.ts";
import { NotGoYaml } from "./scanner.ts";

/** Puts the comments of a document where sops has them; which ones is told to `used`, as go-yaml loses some. */
export function withComments(text: string, root: MapNode, document: GoDocument, used: (span: Span) => void): MapNode {
  return new Attacher(text, used).document(root, document);
}

class Attacher {
  readonly #text: string;
  readonly #used: (span: Span) => void;
  #copies = 0;

  constructor(text: string, used: (span: Span) => void) {
    this.#text = text;
    this.#used = used;
  }

  document(root: MapNode, { head, foot, root: node }: GoDocument): MapNode {
    const inner = node.kind === "map" ? this.#node(root, node, false) : this.#empty(root, node);
    if (inner.kind !== "map") throw new NotGoYaml();
    return { ...root, items: [...this.#comments(head), ...inner.items, ...this.#comments(foot)] };
  }

  /** `null` for a document: its comments are all there is. */
  #empty(root: MapNode, node: GoNode): MapNode {
    if (node.kind === "alias" || node.kind === "list" || root.items.length > 0) throw new NotGoYaml();
    const items = [node.head, node.line, node.foot].flatMap((spans) => this.#comments(spans));
    return { ...root, items };
  }

  /** `handled`: the comments of the node itself stand beside it already. */
  #node(tree: TreeNode, node: GoNode, handled: boolean): TreeNode {
    if (node.kind === "alias") {
      if (node.target === undefined) throw new NotGoYaml();
      this.#copies += 1;
      const copy = this.#node(tree, node.target, false);
      this.#copies -= 1;
      return copy;
    }
    if (tree.kind !== (node.kind === "scalar" ? "leaf" : node.kind)) throw new NotGoYaml();
    if (tree.kind === "leaf") return tree;
    const before = handled ? [] : [...this.#comments(node.head), ...this.#comments(node.line)];
    if (tree.kind === "map") {
      const items = [...before, ...this.#entries(tree, node)];
      return { ...tree, items: handled ? items : [...items, ...this.#comments(node.foot)] };
    }
    const items = [...before, ...this.#elements(tree, node)];
    return { ...tree, items: handled ? items : [...items, ...this.#comments(node.foot)] };
  }

  #entries(map: MapNode, node: GoNode): (EntryItem | CommentItem)[] {
    if (map.items.length * 2 !== node.content.length) throw new NotGoYaml();
    return map.items.flatMap((item, index) => {
      const key = node.content[index * 2];
      const value = node.content[index * 2 + 1];
      if (item.kind !== "entry" || key === undefined || value === undefined) throw new NotGoYaml();
      const own = value.kind === "scalar" || value.kind === "alias";
      return [
        ...this.#comments(key.head),
        ...this.#comments(key.line),
        ...(own ? [...this.#comments(value.head), ...this.#comments(value.line, true)] : []),
        { ...item, value: this.#node(item.value, value, own) },
        ...(own ? this.#comments(value.foot) : []),
        ...this.#comments(key.foot),
      ];
    });
  }

  #elements(list: ListNode, node: GoNode): (ElementItem | CommentItem)[] {
    if (list.items.length !== node.content.length) throw new NotGoYaml();
    return list.items.flatMap((item, index) => {
      const value = node.content[index];
      if (item.kind !== "element" || value === undefined) throw new NotGoYaml();
      return [
        ...this.#comments(value.head),
        ...this.#comments(value.line, true),
        { ...item, value: this.#node(item.value, value, true) },
        ...this.#comments(value.foot),
      ];
    });
  }

  #comments(spans: readonly Span[], inline = false): CommentItem[] {
    return spans.map((span) => {
      this.#used(span);
      const text = this.#text.slice(span.start, span.end);
      return { kind: "comment", text, span: this.#copies === 0 ? span : undefined, inline };
    });
  }
}
