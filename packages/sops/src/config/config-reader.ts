import type { Diagnostic } from "../diagnostic.ts";
import { closest } from "../internal/closest.ts";
import { dataOf } from "../internal/data-tree.ts";
import { formatKeyPath, positionAt } from "../internal/position.ts";
import { elementsOf, entriesOf, entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";

export type ConfigPath = readonly (string | number)[];

/** Takes values out of a `.sops.yaml`, and collects what is wrong with them. */
export class ConfigReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #text: string;
  readonly #file: string | undefined;

  constructor(text: string, file: string | undefined) {
    this.#text = text;
    this.#file = file;
  }

  /** Names fields that sops would ignore without a word. */
  fields(map: MapNode, known: readonly string[], path: ConfigPath, severity: Diagnostic["severity"] = "error"): void {
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
    path: ConfigPath,
    help?: string,
  ): void {
    this.#add(code, severity, message, node.span?.start, path, help);
  }

  /** The elements of a list; anything else is reported and has none. */
  list(map: MapNode, name: string, path: ConfigPath): readonly TreeNode[] {
    const node = entryOf(map, name)?.value;
    if (node === undefined || isNull(node)) return [];
    if (node.kind === "list") return elementsOf(node).map(({ value }) => value);
    this.report("config-invalid", "error", `${name} is not a list`, node, [...path, name]);
    return [];
  }

  /** The mapping a field holds; anything else is reported, and none. */
  map(node: TreeNode, what: string, path: ConfigPath): MapNode {
    if (node.kind === "map") return node;
    this.report("config-invalid", "error", `${what} is a mapping`, node, path);
    return { kind: "map", items: [] };
  }

  /** A field that is a text; others are reported. The empty text is none, as in sops. */
  text(map: MapNode, name: string, path: ConfigPath): string | undefined {
    const node = entryOf(map, name)?.value;
    if (node === undefined || isNull(node)) return undefined;
    if (node.kind === "leaf") return textOf(node) || undefined;
    this.report("config-invalid", "error", `${name} is not a text`, node, [...path, name]);
    return undefined;
  }

  position(offset: number): { line: number; column: number } {
    return positionAt(this.#text, offset);
  }

  #add(
    code: string,
    severity: Diagnostic["severity"],
    message: string,
    offset: number | undefined,
    path: ConfigPath,
    help: string | undefined,
  ): void {
    this.diagnostics.push({
      code: `sops/${code}`,
      severity,
      message,
      file: this.#file,
      ...this.position(offset ?? 0),
      path: formatKeyPath(path),
      ...(help === undefined ? {} : { help }),
    });
  }
}

export function textOf(node: TreeNode): string | undefined {
  if (node.kind !== "leaf" || node.scalar.type === "null") return undefined;
  return String(dataOf(node));
}

export function isNull(node: TreeNode): boolean {
  return node.kind === "leaf" && node.scalar.type === "null";
}
