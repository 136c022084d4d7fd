import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Parser } from "yaml";
import { commentTokens } from "../../src/internal/comment-tokens.ts";
import { parseAnyYaml } from "../../src/internal/parse-yaml.ts";
import { parseSimpleYaml } from "../../src/internal/simple-yaml.ts";
import type { TreeNode } from "../../src/internal/tree.ts";
import { VECTORS, vector } from "../helpers.ts";

const RUNS = process.env["IDSTACK_LONG"] === "1" ? 20_000 : 600;

/** Whether the text is taken; if so, tree, positions and comments are those of the whole parser. */
function taken(text: string): boolean {
  const simple = parseSimpleYaml(text);
  if (simple === undefined) return false;
  const { documents } = parseAnyYaml(text);
  expect(documents.length).toBe(1);
  const [document] = documents;
  expect(simple.document).toEqual(document && { ...document, root: bare(document.root) });
  expect(simple.comments).toEqual(commentTokens([...new Parser().parse(text)]));
  return true;
}

function bare(node: TreeNode): unknown {
  if (node.kind === "leaf") return node;
  const items = node.items.flatMap((item) => (item.kind === "comment" ? [] : [{ ...item, value: bare(item.value) }]));
  return { ...node, items };
}

const pick = <T>(...all: readonly T[]) => fc.constantFrom(...all);
const rare = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: odd });
const keys = rare(
  pick("a", "b", "c", "key", "x-y", "c.d", "e/f", "_z", "sops", "user1"),
  pick("true", "null", "1a", "'q'", '"q"', "a b", "? a", "<<", "*a", "é"),
);
const values = rare(
  pick(
    ...["1", "x", "ENC[AES256_GCM,data:ab=,iv:cc=,tag:d+/=,type:str]", '"q s"', "'s # t'", "a#b", "a:b", "null", "~"],
    ...["-1", "1.5", "2024-01-02", "0x1F", "=", "x # c", '"q" # c', "a'b", 'a"b', "https://x.y/z?q=1#f", "a, b]"],
  ),
  pick(
    ...["a: b", "a #b", "", "- x", "| ", "|2", ">", "*a", "&a x", "!t x", "# c", '"q"# c', "{}", "[]", "a ", "x:", "?"],
    ...["-", "--", "---", "@x", "%x", "`x", "18446744073709551615", '"a\\n"', "'it''s'", "ü", "x\t", "|\n  x"],
  ),
);
const blocks = fc
  .tuple(
    pick("|", "|-", "|+"),
    fc.array(pick("x", "  y", "", "# z", "k: v", "- l", "z "), { minLength: 1, maxLength: 4 }),
  )
  .map(([header, lines]) => ({ header, lines }));
const between = fc.array(rare(pick("", "#", "# c", " # d", "  # e", "    # f"), pick("  ", "---", "...", "text")), {
  maxLength: 2,
});

interface Node {
  readonly lines: readonly string[];
}

/** Lines of mappings and lists in common layouts, with comments and empty lines among them. */
const documents = fc.letrec<{ node: Node; map: Node; list: Node }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, tie("map"), tie("list")),
  map: fc
    .array(
      fc.tuple(
        keys,
        fc.oneof(
          { maxDepth: 3 },
          values.map((value) => ({ lines: [` ${value}`] })),
          fc.tuple(blocks, pick(2, 4)).map(([{ header, lines }, indent]) => ({
            lines: [` ${header}`, ...lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line))],
          })),
          fc.tuple(tie("node"), pick(0, 2, 2, 4)).map(([{ lines }, indent]) => ({
            lines: ["", ...lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line))],
          })),
        ),
        rare(fc.constant<string[]>([]), between),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((entries) => ({
      lines: entries.flatMap(([key, { lines }, around]) => [`${key}:${lines[0]}`, ...lines.slice(1), ...around]),
    })),
  list: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        values.map((value): Node => ({ lines: [value] })),
        tie("map"),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((elements) => ({
      lines: elements.flatMap(({ lines }) =>
        lines.map((line, index) => `${index === 0 ? "- " : "  "}${line}`.trimEnd()),
      ),
    })),
})).map;
const texts = fc.tuple(between, documents, between).map(([before, { lines }, after]) => {
  return `${[...before, ...lines, ...after].join("\n")}\n`;
});

test("generated texts are read as the whole parser reads them, or left to it", () => {
  let simple = 0;
  fc.assert(
    fc.property(texts, fc.nat(400), pick("", " ", "  ", "\n", ":", "#", "-", "|", '"'), (text, at, char) => {
      // What the whole parser refuses throws here: it must not have been taken.
      simple += Number(taken(text));
      taken(text.slice(0, at) + char + text.slice(at));
      taken(text.slice(0, at) + text.slice(at + 1));
    }),
    { numRuns: RUNS },
  );
  expect(simple / RUNS).toBeGreaterThan(0.05);
}, 120_000);

const folders = readdirSync(`${VECTORS}generated`).filter((name) => name.startsWith("sops-"));
test.each(folders)("vectors of %s", (folder) => {
  const files = readdirSync(`${VECTORS}generated/${folder}`).filter((name) => name.endsWith(".yaml"));
  const simple = files.filter((file) => taken(vector(`generated/${folder}/${file}`)));
  expect(simple.length / files.length).toBeGreaterThan(0.5);
});
