import { isUtf8 } from "node:buffer";

/** Deeper than anything a standard of this field nests. */
const MAX_DEPTH = 32;

/**
 * Parses JSON in which every object has each member once: of two members with one name, one reader would see the first
 * and another the last (RFC 7515 §4, RFC 7519 §4, SPIFFE_Trust_Domain_and_Bundle §5).
 *
 * @throws SyntaxError that quotes nothing of the text.
 */
export function parseUniqueJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text, reviver);
  } catch {
    // What the engine says quotes the text, which may be a token.
    throw new SyntaxError("it is no JSON");
  }
  if (!isPlainlyUnique(text, value)) checkMembers(text);
  return value;
}

/** Like {@link parseUniqueJson}, for bytes that have to be UTF-8 and hold one object. */
export function parseJsonObject(bytes: Uint8Array | string): Readonly<Record<string, unknown>> {
  const value = parseUniqueJson(typeof bytes === "string" ? bytes : utf8(bytes));
  if (!isObject(value)) throw new SyntaxError("it is no JSON object");
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Several times faster than a TextDecoder, and a byte order mark stays what it is. @throws SyntaxError */
export function utf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError("it is no UTF-8");
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString("utf8");
}

/**
 * The short way for ordinary texts: without escapes, and without space before a colon, every name ends with `":`. There are
 * then as many of them as the parsed value has members, unless one got lost. Strings that start with a colon only add to
 * them. Anything else goes the long way.
 */
function isPlainlyUnique(text: string, value: unknown): boolean {
  if (text.includes("\\") || SPACE_BEFORE_COLON.test(text)) return false;
  let names = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) names += 1;
  return countMembers(value, 0) === names;
}

const SPACE_BEFORE_COLON = /"[ \t\r\n]+:/;

function countMembers(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth > MAX_DEPTH - 1) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) members += countMembers(value[at], depth + 1);
    return members;
  }
  // Without a list of the values in between: this runs for every token. Anything inherited would only add: the long way.
  for (const name in value) members += 1 + countMembers((value as Record<string, unknown>)[name], depth + 1);
  return members;
}

/** The text is known to be JSON: only strings, brackets and commas matter. */
function checkMembers(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let atName = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at + 1);
        if (atName && names !== undefined) {
          const name = nameOf(text.slice(at, end + 1));
          if (names.has(name)) throw new SyntaxError("an object has two members of the same name");
          names.add(name);
          atName = false;
        }
        at = end;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        open.push(names);
        if (open.length > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} levels deep`);
        names = text.charCodeAt(at) === 0x7b ? new Set() : undefined;
        atName = names !== undefined;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        names = open.pop();
        atName = false;
        break;
      case 0x2c: // ,
        atName = names !== undefined;
        break;
      default:
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}

/** "a" and its escaped spellings are one name. */
function nameOf(quoted: string): string {
  return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}
