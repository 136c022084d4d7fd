import { resolvePlain } from "../internal/go-scalar.ts";
import type { Scalar } from "../internal/scalar.ts";

/** `hinted`: a block whose first line has white space, which is one only where its indentation can be told. */
export type ScalarStyle = "plain" | "single" | "double" | "literal" | "hinted";

/** A scalar the way go-yaml v3 spells it, before its place is known. */
export interface GoScalar {
  readonly text: string;
  readonly style: ScalarStyle;
  readonly multiline: boolean;
}

const OLD_BOOL = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const BREAK = /[\n\r\u0085\u2028\u2029]/;
const LAST_BREAK = /[\n\r\u0085\u2028\u2029]$/;
const FIRST = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))/;
const INSIDE = /.:(?:[ \t]|$)|[ \t\0\n\r\u0085\u2028\u2029]#/s;
const NOT_PRINTABLE = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const SPACE_BREAK = / [\n\r\u0085\u2028\u2029]/;
const BREAK_SPACE = /[\n\r\u0085\u2028\u2029] /;
const NAMES: Readonly<Record<string, string>> = {
  "\0": "0",
  "\u0007": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\u001b": "e",
  '"': '"',
  "\\": "\\",
  "\u0085": "N",
  "\u2028": "L",
  "\u2029": "P",
};

export function goScalar(scalar: Scalar): GoScalar {
  if (scalar.type === "str") return goString(scalar.value);
  return { text: plainText(scalar), style: "plain", multiline: false };
}

export function goString(text: string): GoScalar {
  // go-yaml takes this one for the sign of a merge key wherever it stands, and says so.
  if (text === "<<") return { text: "!!merge <<", style: "plain", multiline: false };
  const multiline = BREAK.test(text);
  return { text, style: styleOf(text), multiline };
}

function styleOf(text: string): ScalarStyle {
  if (text === "") return "double";
  const special = NOT_PRINTABLE.test(text.replaceAll("\t", ""));
  const spaceBreak = SPACE_BREAK.test(text);
  if (text.includes("\n")) {
    // sops writes a block here, too, and cannot read it again.
    const unsafe = /^[\t\u0085]/.test(text);
    if (special || spaceBreak || unsafe || text.endsWith(" ")) return "double";
    return /^[ \n]/.test(text) ? "hinted" : "literal";
  }
  if (!staysString(text)) return "double";
  if (special || spaceBreak || text.includes("\t") || BREAK_SPACE.test(text)) return "double";
  const edge = /^ | $/.test(text);
  return edge || BREAK.test(text) || FIRST.test(text) || INSIDE.test(text) ? "single" : "plain";
}

function staysString(text: string): boolean {
  if (OLD_BOOL.test(text) || BASE_60.test(text)) return false;
  try {
    return resolvePlain(text).type === "str";
  } catch {
    return false;
  }
}

function plainText(scalar: Exclude<Scalar, { type: "str" }>): string {
  if (scalar.type === "null") return "null";
  return scalar.type === "float" ? goFloat(scalar.value) : String(scalar.value);
}

/** Go's `FormatFloat(v, 'g', -1, 64)`: exponents from a million on. */
function goFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  // sops writes -0, which it reads again as the integer 0, and then finds its own MAC wrong.
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0";
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

export function doubleQuoted(text: string): string {
  let out = '"';
  // go-yaml looks for the byte order mark at the start, whatever character it is at.
  const all = text.startsWith("\ufeff");
  for (const char of text) {
    const name = NAMES[char];
    if (name !== undefined) out += `\\${name}`;
    else if (all || NOT_PRINTABLE.test(char)) out += escaped(char.codePointAt(0) ?? 0);
    else out += char;
  }
  return `${out}"`;
}

function escaped(code: number): string {
  const [letter, width] = code <= 0xff ? ["x", 2] : code <= 0xffff ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(width, "0")}`;
}

/** `-`, `+` or nothing: what becomes of the line breaks at the end of a block; `4` before it when the first line has white space. */
export function blockHints(text: string, indent: number): string {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? String(indent) : "";
  if (!LAST_BREAK.test(text)) return `${hint}-`;
  return text.length === 1 || LAST_BREAK.test(text.slice(0, -1)) ? `${hint}+` : hint;
}

export function isBreak(char: string): boolean {
  return BREAK.test(char);
}
