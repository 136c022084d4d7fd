import { type Alias, type Document, isAlias, type Node, visit } from "yaml";

/**
 * What each alias of a document stands for: the last node before it with its anchor. Found in one walk; the parser's own
 * `resolve` walks the whole document for each alias.
 */
export function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}
