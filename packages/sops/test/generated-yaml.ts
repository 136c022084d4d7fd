import fc from "fast-check";
import type { SopsMapping } from "../src/index.ts";
import { fromData } from "../src/internal/data-tree.ts";
import { emitTree } from "../src/internal/emit.ts";
import type { MapNode } from "../src/internal/tree.ts";
import { emitJson } from "../src/stores/emit-json.ts";
import { document } from "./generated-documents.ts";

/** A line that is no value: empty, or a comment so many columns from where the next key stands. */
type Noise = { readonly blank: true } | { readonly blank: false; readonly shift: number; readonly text: string };
type Node =
  | { readonly kind: "scalar"; readonly text: string }
  | { readonly kind: "block"; readonly header: string; readonly lines: readonly string[] }
  | { readonly kind: "flow"; readonly parts: readonly string[]; readonly open: "[" | "{" }
  | {
      readonly kind: "map" | "list";
      readonly items: readonly Item[];
      readonly indent: number;
      readonly properties: string;
    };
interface Item {
  readonly above: readonly Noise[];
  readonly key: string;
  readonly beside: string;
  readonly value: Node;
  readonly below: readonly Noise[];
}

const words = fc.constantFrom(" one", "two", " a: b", " x # y", " s ", " - z", " é😀", "\t tab ", " 'q", "!");
const noise: fc.Arbitrary<Noise> = fc.oneof(
  fc.constant({ blank: true as const }),
  fc.record({ blank: fc.constant(false as const), shift: fc.constantFrom(0, 0, 0, 0, -4, -2, 2, 1, -20), text: words }),
);
const few = <T>(one: fc.Arbitrary<T>, max = 2) => fc.array(one, { maxLength: max });
/** Scalars in each style, and every spelling that has a type of its own. */
export const scalarText = fc.constantFrom(
  ..."a|text with: none|1|-7|0777|0x1F|0b101|0o17|1_000|1.0|1.5|1e3|1e21|.inf|-.Inf|.nan|true|False|yes|no|null|~|2024-01-02|2024-01-02T03:04:05Z|2024-01-02 03:04:05.5|12:30|1:20:30|9223372036854775807|'single'|'it''s'|\"double\"|\"a\\tb\"|\"a\\nb\"|\"\\u00e9\\U0001F600\"|'# no comment'|\"\"|''|héllo 😀|a#b|a:b|-x|?x|!!str 1|!!float 1|!!int '3'|! 5|[]|{}|~x|<<|'y'|\"null\"|'1'|' lead'|'trail '|%|x @"
    .split("|")
    .map((text) => (text === "%" || text === "<<" ? `'${text}'` : text)),
  `long ${"word ".repeat(60)}end`,
  `"${"long é ".repeat(40)}"`,
  "'a multi\n\n      line'",
  "plain over\n      two lines",
  '"double over\n      two \\\n      lines"',
);
const key = fc.constantFrom(
  ..."a|b|c|key|data|x_unencrypted|'quoted'|\"dq\"|'y'|'1'|é|k 1|a.b|'a: b'|'null'|'#'|long_key_0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789".split(
    "|",
  ),
);
const blockLine = fc.constantFrom("line", "  more", "", "# no comment", "tab\there", "trail ", "é");
const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 6, arbitrary: scalarText.map((text) => ({ kind: "scalar" as const, text })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("block" as const),
      header: fc.constantFrom("|", "|-", "|+", ">", ">-", "|2", ">2-"),
      lines: fc.array(blockLine, { minLength: 1, maxLength: 4 }).map(([first = "", ...rest]) => [`x${first}`, ...rest]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("flow" as const),
      parts: few(fc.constantFrom("1", "x", "'q'", "[a, b]", "{ k: v }", "\n      z", " # in flow\n      z"), 3),
      open: fc.constantFrom("[" as const, "{" as const),
    }),
  },
);
const { node } = fc.letrec<{ node: Node; items: Item[] }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.record({
      kind: fc.constantFrom("map" as const, "list" as const),
      items: tie("items"),
      indent: fc.constantFrom(2, 2, 4, 1, 0),
      properties: fc.constantFrom("", "", "", "", "", " &n", " !!map"),
    }),
  ),
  items: fc.array(
    fc.record({
      above: few(noise),
      key,
      beside: fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: words.map((w) => ` #${w}`) }),
      value: tie("node"),
      below: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few(noise) }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
}));

/** Plaintext YAML as people write it: comments anywhere, every style of scalar, several documents. */
export const yamlText: fc.Arbitrary<string> = fc
  .array(
    fc.record({
      start: fc.constantFrom("---\n", "---\n", "--- # here\n", "...\n---\n"),
      items: node.map((one) => (one.kind === "map" ? one.items : [])),
      more: fc.array(
        fc.record({ above: few(noise), key, beside: fc.constantFrom("", "", " # c"), value: node, below: few(noise) }),
        { minLength: 1, maxLength: 3 },
      ),
      end: few(noise, 3),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((documents) =>
    documents
      .map(({ start, items, more, end }, index) => {
        const body = renderItems("map", [...items, ...more], 0) + end.map((one) => noiseLine(one, 0)).join("");
        return (index === 0 && start !== "--- # here\n" ? "" : start) + body;
      })
      .join(""),
  );

function renderItems(kind: "map" | "list", items: readonly Item[], column: number): string {
  const seen = new Set<string>();
  return items
    .filter(
      ({ key: name }) =>
        kind === "list" || (!seen.has(name.replace(/['"]/g, "")) && seen.add(name.replace(/['"]/g, ""))),
    )
    .map(({ above, key: name, beside, value, below }) => {
      const lead = kind === "list" ? "-" : `${name}:`;
      const lines = above.map((one) => noiseLine(one, column)).join("");
      const after = below.map((one) => noiseLine(one, column)).join("");
      return `${lines}${" ".repeat(column)}${lead}${renderValue(value, beside, column, kind)}${after}`;
    })
    .join("");
}

function renderValue(value: Node, beside: string, column: number, owner: "map" | "list"): string {
  switch (value.kind) {
    case "scalar":
      return ` ${indented(value.text, column)}${beside}\n`;
    case "block":
      return ` ${value.header}${beside}\n${value.lines.map((line) => (line === "" ? "\n" : `${" ".repeat(column + 2)}${line}\n`)).join("")}`;
    case "flow": {
      const close = value.open === "[" ? "]" : "}";
      const parts = value.parts.map((part, index) => {
        if (value.open === "[") return part;
        return /^\n|^ #/.test(part) ? `${part.slice(0, -1)}k${index}: z` : `k${index}: ${part}`;
      });
      return ` ${value.open}${indented(parts.join(", "), column)}${close}${beside}\n`;
    }
    default: {
      const least = owner === "list" || value.kind === "map" ? Math.max(1, value.indent) : value.indent;
      return `${value.properties.replace("map", value.kind === "map" ? "map" : "seq")}${beside}\n${renderItems(value.kind, value.items, column + least)}`;
    }
  }
}

function noiseLine(one: Noise, column: number): string {
  return one.blank ? "\n" : `${" ".repeat(Math.max(0, column + one.shift))}#${one.text}\n`;
}

function indented(text: string, column: number): string {
  return text.replaceAll("\n      ", `\n${" ".repeat(column + 2)}`);
}

export function toYaml(data: SopsMapping): string {
  return emitTree(fromData(data) as MapNode);
}

export function toJson(data: SopsMapping): string {
  return `${emitJson(fromData(data))}\n`;
}

/** JSON in some layouts; sops has one. */
export const jsonText: fc.Arbitrary<string> = fc
  .tuple(document, fc.constantFrom("\t", "  ", ""))
  .map(([data, indent]) =>
    indent === "" ? toJson(data).replace(/\n\t*/g, "") : toJson(data).replaceAll("\t", indent),
  );
