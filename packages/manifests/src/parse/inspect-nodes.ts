import { type Document, isAlias, isCollection, isMap, isPair, isScalar, type Node, type Scalar } from "yaml";
import type { ParseCode } from "./codes.ts";
import { isMerge, keyName } from "./node-index.ts";
import type { ParseFinding } from "./parse-manifests.ts";

/** Something that the plain data of a document no longer shows. */
export interface NodeProblem extends ParseFinding {
  readonly code: ParseCode;
  readonly offset: number;
}

interface Walk {
  readonly problems: NodeProblem[];
  readonly anchors: Map<string, Node>;
  /** The nodes on the way down to the current one. */
  readonly open: Set<Node>;
}

/** Finds keys that occur twice or are no strings, aliases that lead nowhere or in a circle, numbers that JSON lacks. */
export function inspectNodes(document: Document.Parsed): NodeProblem[] {
  const walk: Walk = { problems: [], anchors: new Map(), open: new Set() };
  if (document.contents !== null) inspect(document.contents, walk);
  return walk.problems;
}

function inspect(node: Node, walk: Walk): void {
  if (isAlias(node)) {
    inspectAlias(node.source, node, walk);
    return;
  }
  const anchored = (isScalar(node) || isCollection(node)) && node.anchor !== undefined;
  if (anchored) walk.anchors.set(node.anchor ?? "", node);
  if (isScalar(node)) inspectNumber(node, walk);
  if (!isCollection(node)) return;
  if (anchored) walk.open.add(node);
  if (isMap(node)) inspectKeys(node.items, walk);
  for (const item of node.items as unknown[]) {
    for (const child of isPair(item) ? [item.key, item.value] : [item]) if (child) inspect(child as Node, walk);
  }
  walk.open.delete(node);
}

function inspectAlias(name: string, alias: Node, { anchors, open, problems }: Walk): void {
  const target = anchors.get(name);
  // The name is left out of the messages: it may be a password that nobody put in quotes.
  if (target === undefined) {
    const message = "this alias repeats an anchor that is not there";
    add(problems, "yaml-alias", alias, message, "Put text that starts with * in quotes.");
  } else if (open.has(target)) {
    add(problems, "yaml-alias", alias, "this alias repeats what it is part of", "Write the repeated part out.");
  }
}

function inspectNumber(scalar: Scalar, { problems }: Walk): void {
  if (typeof scalar.value !== "number" || Number.isFinite(scalar.value)) return;
  const message = "a number that JSON does not have: kubectl and the API server refuse it";
  add(problems, "yaml-syntax", scalar, message, "Put it in quotes, or write a finite number.");
}

function inspectKeys(pairs: readonly { readonly key: unknown }[], { problems }: Walk): void {
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = pair.key as Node | null;
    if (isCollection(key)) {
      const help = "If it is a template expression, put it in quotes.";
      add(problems, "yaml-key", key, "a mapping or a list cannot be a key", help);
    } else if (isScalar(key) && !isMerge(pair)) {
      const name = keyName(key);
      if (typeof key.value !== "string") inspectOddKey(key, name, problems);
      if (seen.has(name)) {
        const message = "this key is in the mapping twice; the last one counts";
        add(problems, "yaml-duplicate-key", key, message, "Remove one of the two.");
      }
      seen.add(name);
    }
  }
}

/** `on:` is the key `true`. `80:` is fine: it is read as the string that is written. */
function inspectOddKey(key: Scalar, read: string, problems: NodeProblem[]): void {
  const written = key.source ?? "";
  if (written === read && typeof key.value === "number") return;
  problems.push({
    code: "yaml-key",
    offset: key.range?.[0] ?? 0,
    severity: "warning",
    message: `the key ${written === "" ? "(empty)" : written} is no string: Kubernetes reads it as "${read}"`,
    help: `Put it in quotes: "${written}".`,
  });
}

function add(problems: NodeProblem[], code: ParseCode, node: Node, message: string, help: string): void {
  problems.push({ code, offset: node.range?.[0] ?? 0, severity: "error", message, help });
}
