/** A value of an HCL attribute. */
export type HclValue = string | number | boolean | readonly HclValue[] | { readonly [key: string]: HclValue };

/** An HCL block: `type "label" { … }`, its attributes one a line, then its nested blocks. */
export interface HclBlock {
  readonly type: string;
  readonly label?: string | undefined;
  readonly attributes?: { readonly [key: string]: HclValue | undefined } | undefined;
  readonly blocks?: readonly HclBlock[] | undefined;
}

/**
 * Writes HCL 1, the language of SPIRE's configuration files.
 *
 * Attributes stand one a line, as SPIRE wants them inside blocks; undefined ones are left out. Strings are escaped so
 * that quotes, control characters and `${` come out as they went in. Throws TypeError for a number that is not an
 * integer, and for a name that is no identifier.
 *
 * @example
 * ```ts
 * import { writeHcl } from "@idstack/spire";
 * console.log(writeHcl([{ type: "agent", attributes: { server_port: 8081, trust_domain: "homelab.internal" } }]));
 * // agent {
 * //     server_port = 8081
 * //     trust_domain = "homelab.internal"
 * // }
 * ```
 */
export function writeHcl(blocks: readonly HclBlock[]): string {
  return blocks.map((block) => `${writeBlock(block, "")}\n`).join("\n");
}

const INDENT = "    ";

function writeBlock(block: HclBlock, indent: string): string {
  const head = block.label === undefined ? identifier(block.type) : `${identifier(block.type)} ${quote(block.label)}`;
  const inner = indent + INDENT;
  const lines = [
    ...Object.entries(block.attributes ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : `${inner}${identifier(key)} = ${writeValue(value, inner)}`,
    ),
    ...(block.blocks ?? []).map((nested) => writeBlock(nested, inner)),
  ];
  return [`${indent}${head} {`, ...lines, `${indent}}`].join("\n");
}

function writeValue(value: HclValue, indent: string): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return String(value);
    throw new TypeError(`writeHcl: ${value} is not an integer`);
  }
  if (isList(value)) return `[${value.map((item) => writeValue(item, indent)).join(", ")}]`;
  const inner = indent + INDENT;
  const lines = Object.entries(value).map(([key, item]) => `${inner}${quote(key)} = ${writeValue(item, inner)}`);
  return lines.length === 0 ? "{}" : ["{", ...lines, `${indent}}`].join("\n");
}

function isList(value: HclValue): value is readonly HclValue[] {
  return Array.isArray(value);
}

function identifier(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new TypeError(`writeHcl: ${JSON.stringify(name)} is not an HCL identifier`);
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `${` would begin an interpolation whose braces HCL counts; a dollar sign written as a code point does not. */
function quote(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}]|\$(?=\{)/gu, (char) => ESCAPES[char] ?? codePoint(char));
  return `"${escaped}"`;
}

function codePoint(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
