import { Document, isCollection, type Node, Pair, Scalar, type Tags, YAMLMap, YAMLSeq } from "yaml";
import type { BlueprintEntry } from "./entry.ts";
import { type BlueprintValue, isTag } from "./tags.ts";

/** A blueprint file as plain data. */
export interface BlueprintFile {
  readonly version: 1;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly context?: Readonly<Record<string, BlueprintValue>>;
  readonly entries: readonly BlueprintEntry[];
}

/**
 * Writes a blueprint as YAML with Authentik's tags.
 *
 * The text depends on nothing but the data, in its order. It is quoted for YAML 1.1, which Authentik reads: the group
 * `on` stays a text.
 *
 * @example
 * ```ts
 * import { keyOf, writeBlueprint } from "@idstack/authentik";
 * const text = writeBlueprint({ version: 1, metadata: { name: "demo" }, entries: [
 *   { model: "authentik_core.application", identifiers: { slug: "web" }, attrs: { provider: keyOf("provider-web") } },
 * ] });
 * console.log(text.includes("provider: !KeyOf provider-web")); // true
 * ```
 */
export function writeBlueprint(file: BlueprintFile): string {
  const document = new Document(undefined, { version: "1.1", customTags: withoutMerge });
  document.contents = toNode(file as unknown as BlueprintValue);
  return document.toString({ lineWidth: 0, directives: false });
}

/** Without the merge tag "<<" is a text like any other, and can be quoted. */
const withoutMerge = (tags: Tags): Tags => tags.filter((tag) => typeof tag === "string" || !tag.tag.endsWith(":merge"));

function toNode(value: BlueprintValue): Node {
  if (isTag(value)) {
    const node = toNode(value.value);
    node.tag = value.$tag;
    if (isCollection(node)) node.flow = true;
    return node;
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq<Node>();
    list.items = value.map((item: BlueprintValue) => toNode(item));
    return list;
  }
  if (typeof value === "object" && value !== null) {
    const map = new YAMLMap<Node, Node>();
    map.items = Object.entries(value as Readonly<Record<string, BlueprintValue>>).flatMap(([key, item]) =>
      item === undefined ? [] : new Pair<Node, Node>(new Scalar(key), toNode(item)),
    );
    return map;
  }
  const scalar = new Scalar(value);
  // YAML 1.1 gives these two a meaning of their own, on which Authentik's parser fails.
  if (value === "=" || value === "<<") scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
