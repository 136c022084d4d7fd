import { SopsError } from "../errors.ts";
import { type EntryItem, entriesOf, entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { flatScalar, unsupported } from "./flat-scalar.ts";
import { IniParser, trim } from "./parse-ini.ts";

/** Sections as gopkg.in/ini.v1 writes them for sops: `=` aligned, an empty line between sections. */
export function emitIni(root: MapNode): string {
  const sections = entriesOf(root);
  return sections.map((section, index) => emitSection(section, index === 0, index === sections.length - 1)).join("");
}

function emitSection({ key: name, value: section }: EntryItem, first: boolean, last: boolean): string {
  if (section.kind !== "map") throw unsupported("values outside of sections", [name]);
  if (name === "" || name.includes("\n")) throw unsupported("such a section name", [name]);
  const [head] = section.items;
  const own = head?.kind === "comment" ? emitComment(head.text, false) : "";
  const implicit = first && name.toUpperCase() === "DEFAULT";
  const entries = entriesOf(section);
  if (implicit && entries.length === 0) return own;
  const width = Math.max(0, ...entries.map(({ key }) => Buffer.byteLength(quoteKey(key, name))));
  const lines = entries.map((entry) => {
    const comment = commentOf(section, entry);
    const key = quoteKey(entry.key, name);
    const pad = " ".repeat(width - Buffer.byteLength(key));
    return `${comment === "" ? "" : emitComment(comment, true)}${key}${pad} = ${emitIniValue(entry.value, [name, entry.key])}\n`;
  });
  return `${own}${implicit ? "" : `[${name}]\n`}${lines.join("")}${last ? "" : "\n"}`;
}

/** The last comment after a key is its own. */
function commentOf(section: MapNode, entry: EntryItem): string {
  let comment = "";
  for (const item of section.items.slice(section.items.indexOf(entry) + 1)) {
    if (item.kind === "entry") break;
    comment = item.text;
  }
  return comment;
}

function emitComment(text: string, trims: boolean): string {
  if (text === "") return "";
  const lines = text.split("\n").map((line) => {
    if (/^[#;]/.test(line)) return `${line[0]} ${trim(line.slice(1))}\n`;
    return `; ${trims ? trim(line) : line}\n`;
  });
  return lines.join("");
}

/** A value in the quotes sops gives it, or in others where it could not be read again between those. */
export function emitIniValue(node: TreeNode, path: readonly (string | number)[]): string {
  if (node.kind !== "leaf") throw unsupported("values below a key of a section", path);
  const value = flatScalar(node.scalar, path);
  const usual = /[\n`]/.test(value)
    ? `"""${value}"""`
    : /[#;]/.test(value)
      ? `\`${value}\``
      : trim(value) === value
        ? value
        : `"${value}"`;
  const candidates = [usual, `\`${value}\``, `"""${value}"""`, `"${value}"`, `'${value}'`];
  const found = candidates.find((candidate) => reads(candidate, value));
  if (found === undefined) throw unsupported("such a value", path);
  return found;
}

function reads(candidate: string, value: string): boolean {
  try {
    const root = new IniParser(`k = ${candidate}\nend = 1\n`).document();
    const section = root.items[0];
    if (section?.kind !== "entry" || section.value.kind !== "map" || section.value.items.length !== 2) return false;
    const leaf = entryOf(section.value, "k")?.value;
    return leaf?.kind === "leaf" && leaf.scalar.type === "str" && leaf.scalar.value === value;
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

function quoteKey(key: string, section: string): string {
  const quoted = /["=:]/.test(key) ? `\`${key}\`` : key.includes("`") ? `"""${key}"""` : key;
  const odd = key === "" || key === "-" || trim(key) !== key || key.includes("\n") || /^[#;[]/.test(quoted);
  if (odd || (key.includes("`") && quoted.startsWith("`"))) throw unsupported("such a key", [section, key]);
  return quoted;
}
