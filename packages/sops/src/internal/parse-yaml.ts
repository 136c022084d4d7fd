import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Parser, type Scalar as YamlScalar } from "yaml";
import { SopsError, type SopsErrorDetails } from "../errors.ts";
import { aliasTargets } from "./alias-targets.ts";
import { commentTokens } from "./comment-tokens.ts";
import { withoutBraces } from "./commented-braces.ts";
import { attachComments } from "./comments.ts";
import { resolvePlain, UnsignedTooLarge } from "./go-scalar.ts";
import { withComments } from "./go-yaml/attach.ts";
import { goDocuments } from "./go-yaml/nodes.ts";
import { NotGoYaml } from "./go-yaml/scanner.ts";
import { OTHER_BREAK, singleQuoted } from "./go-yaml/single-quoted.ts";
import { formatKeyPath, positionAt } from "./position.ts";
import { NULL, type Scalar, str } from "./scalar.ts";
import { parseSimpleYaml } from "./simple-yaml.ts";
import type { ElementItem, EntryItem, LeafNode, ListNode, MapNode, Span, TreeNode } from "./tree.ts";

/** Expanded aliases may multiply a document; beyond this many leaves it is refused. */
const MAX_LEAVES = 1_000_000;
/** Deeper documents are nobody's secrets; recursion stays within the stack. */
const MAX_DEPTH = 500;

/** What YAML forbids anywhere, and the lone carriage return, a line break to sops and a letter to the parser here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|\r(?!\n)/;

export interface ParsedDocument {
  readonly root: MapNode;
  /** Where the document's text ends: before the next `---` or `...`, or at the end of the file. */
  readonly end: number;
  /** Anchors, aliases, tags or flow style at the top: the text cannot be patched, the document is written anew. */
  readonly rewrite: boolean;
}

export interface ParsedFile {
  readonly text: string;
  readonly documents: readonly ParsedDocument[];
}

/** Parses a stream of YAML documents the way SOPS sees it: typed leaves, comments as items, positions kept. */
export function parseYaml(text: string, file?: string): ParsedFile {
  const simple = parseSimpleYaml(text);
  if (simple === undefined) return parseAnyYaml(text, file);
  const { document, comments } = simple;
  return { text, documents: comments.length === 0 ? [document] : commented(text, [document], comments) };
}

/** As {@link parseYaml}, without the shorter way for what is simple. */
export function parseAnyYaml(text: string, file?: string): ParsedFile {
  const control = text.search(CONTROL);
  if (control !== -1) {
    const where = { file, ...positionAt(text, control) };
    throw new SopsError("invalid-yaml", "not valid YAML (control character)", where);
  }
  try {
    return parseChecked(text, text, [], file);
  } catch (error) {
    // The parser's own recursion comes before ours can count.
    if (error instanceof RangeError) throw tooDeep({ file });
    throw error;
  }
}

function tooDeep(where: SopsErrorDetails): SopsError {
  return new SopsError("unsupported-yaml", "too deeply nested", where);
}

/** `shown` is the text as the parser may see it, without the comments in `more`. */
function parseChecked(text: string, shown: string, more: readonly Span[], file: string | undefined): ParsedFile {
  const tokens = [...new Parser().parse(shown)];
  const composer = new Composer({
    schema: "failsafe",
    prettyErrors: false,
    logLevel: "silent",
  });
  const parsed = [...composer.compose(tokens, false, text.length)];
  const ends = documentEnds(tokens, text.length);
  const comments = [...commentTokens(tokens), ...more].sort((a, b) => a.start - b.start);
  const error = parsed.flatMap(({ errors }) => errors).find(({ code }) => code === "BAD_INDENT");
  const bare = error && withoutBraces(shown, error.pos[0]);
  if (bare !== undefined) return parseChecked(text, bare.text, [...more, ...bare.comments], file);
  const documents = parsed.map((document, index): ParsedDocument => {
    const error = document.errors[0];
    if (error !== undefined) {
      // The parser's own message may quote the document, so only its code is passed on.
      const problem = error.code.toLowerCase().replaceAll("_", " ");
      throw new SopsError("invalid-yaml", `not valid YAML (${problem})`, { file, ...positionAt(text, error.pos[0]) });
    }
    const builder = new Builder(shown, file, document);
    const root = builder.root();
    return { root, end: ends[index] ?? text.length, rewrite: builder.rewrite || root.flow === true };
  });
  if (documents.length === 0) {
    documents.push({ root: { kind: "map", items: [] }, end: text.length, rewrite: false });
  }
  return { text, documents: comments.length === 0 ? documents : commented(text, documents, comments) };
}

/** Comments where go-yaml has them. Those it loses stay in the text, marked, where they look as if they belonged. */
function commented(text: string, bare: readonly ParsedDocument[], comments: readonly Span[]): ParsedDocument[] {
  const used = new Set<number>();
  const attached = attachedRoots(text, bare, (span) => void used.add(span.start));
  const lost = attached === undefined ? comments : comments.filter(({ start }) => !used.has(start));
  let from = 0;
  return bare.map((document, index) => {
    const root = attached?.[index] ?? document.root;
    const own = lost.filter(({ start }) => start >= from && start < document.end);
    attachComments(text, root, own, attached !== undefined);
    from = document.end;
    return { ...document, root };
  });
}

/** Nothing where go-yaml makes something else of the text than the parser here. */
function attachedRoots(
  text: string,
  documents: readonly ParsedDocument[],
  used: (span: Span) => void,
): MapNode[] | undefined {
  try {
    const found = goDocuments(text);
    return documents.map(({ root }, index) => {
      const document = found[index];
      if (document === undefined) throw new NotGoYaml();
      return withComments(text, root, document, used);
    });
  } catch (error) {
    if (error instanceof NotGoYaml) return undefined;
    throw error;
  }
}

function documentEnds(tokens: readonly { type: string; offset?: number }[], length: number): number[] {
  const ends: number[] = [];
  let open = false;
  for (const token of tokens) {
    if (token.type !== "document" && token.type !== "doc-end" && token.type !== "directive") continue;
    if (open) ends.push(token.offset ?? length);
    open = token.type === "document";
  }
  if (open) ends.push(length);
  return ends;
}

class Builder {
  rewrite = false;
  #nodes = 0;
  #copies = 0;
  #leaves = 0;
  #aliases = 0;
  #targets: ReturnType<typeof aliasTargets> | undefined;
  readonly #text: string;
  readonly #file: string | undefined;
  readonly #document: Document.Parsed;
  readonly #open = new Set<unknown>();

  constructor(text: string, file: string | undefined, document: Document.Parsed) {
    this.#text = text;
    this.#file = file;
    this.#document = document;
  }

  root(): MapNode {
    const contents = this.#document.contents;
    if (isScalar(contents) && this.#scalar(contents, []).type === "null") {
      if (contents.source !== "") this.rewrite = true;
      return { kind: "map", items: [] };
    }
    const root = contents === null ? undefined : this.#node(contents, [], false);
    if (root?.kind === "map") return root;
    throw this.#unsupported("a SOPS document is a mapping at the top, not a list or a single value", contents, []);
  }

  #node(node: unknown, path: readonly (string | number)[], flow: boolean): TreeNode {
    if (path.length > MAX_DEPTH)
      throw tooDeep({ file: this.#file, ...(hasRange(node) && positionAt(this.#text, node.range[0])) });
    this.#nodes += 1;
    if (this.#aliases > 0) this.#copies += 1;
    if (isExcessive(this.#copies, this.#nodes))
      throw this.#unsupported("too many values after expanding aliases", node, path);
    if (isAlias(node)) {
      this.rewrite = true;
      this.#targets ??= aliasTargets(this.#document);
      const target = this.#targets.get(node);
      if (target === undefined) throw this.#unsupported("an alias without its anchor", node, path);
      if (this.#open.has(target)) throw this.#unsupported("an alias that contains itself", node, path);
      this.#aliases += 1;
      const copy = this.#node(target, path, flow);
      this.#aliases -= 1;
      return copy;
    }
    if (isScalar(node)) return this.#leaf(node, path, flow);
    this.#open.add(node);
    const built = this.#collection(node, path, flow);
    this.#open.delete(node);
    return built;
  }

  #collection(node: unknown, path: readonly (string | number)[], outerFlow: boolean): MapNode | ListNode {
    if (!isMap(node) && !isSeq(node)) throw this.#unsupported("a node SOPS does not know", node, path);
    if (node.anchor !== undefined || node.tag !== undefined) this.rewrite = true;
    const flow = outerFlow || node.flow === true;
    const span = this.#span(node);
    if (isSeq(node)) {
      const items = node.items.map(
        (item, index): ElementItem => ({
          kind: "element",
          start: flow || this.#aliases > 0 ? undefined : this.#dashBefore(item),
          value: this.#node(item, [...path, index], flow),
        }),
      );
      return { kind: "list", items, span, flow };
    }
    const items = node.items.map((pair): EntryItem => {
      const { key, span: keySpan } = this.#key(pair.key, path);
      const value = pair.value === null ? this.#empty(flow) : this.#node(pair.value, [...path, key], flow);
      return { kind: "entry", key, keySpan, value };
    });
    return { kind: "map", items, span, flow };
  }

  #leaf(node: YamlScalar, path: readonly (string | number)[], flow: boolean): LeafNode {
    this.#leaves += 1;
    if (this.#leaves > MAX_LEAVES) throw this.#unsupported("too many values after expanding aliases", node, path);
    if (node.anchor !== undefined || node.tag !== undefined) this.rewrite = true;
    const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    const span = this.#span(node);
    return { kind: "leaf", scalar: this.#scalar(node, path), span, flow, block };
  }

  #scalar(node: YamlScalar, path: readonly (string | number)[]): Scalar {
    const source = this.#source(node);
    const tag = node.tag === "!" ? undefined : node.tag;
    if (!source.isWellFormed()) throw this.#unsupported("half of a surrogate pair, which is no character", node, path);
    if (node.type !== "PLAIN" && tag === undefined) return str(source);
    if (tag === "tag:yaml.org,2002:str") return str(source);
    if (tag === "tag:yaml.org,2002:binary") return str(this.#binary(source, node, path));
    let scalar: Scalar;
    try {
      scalar = resolvePlain(source);
    } catch (error) {
      if (!(error instanceof UnsignedTooLarge)) throw error;
      throw this.#unsupported("an integer above 2^63-1, which SOPS refuses; quote it", node, path);
    }
    if (tag === undefined) return scalar;
    if (tag === "tag:yaml.org,2002:float" && scalar.type === "int") {
      return { type: "float", value: Number(scalar.value) };
    }
    const named = tag.replace("tag:yaml.org,2002:", "").replace("timestamp", "time");
    return named === scalar.type ? scalar : str(source);
  }

  #source(node: YamlScalar): string {
    if (node.type === "QUOTE_SINGLE" && OTHER_BREAK.test(node.source ?? "") && node.range) {
      return singleQuoted(this.#text.slice(node.range[0], node.range[1]));
    }
    const source = typeof node.value === "string" ? node.value : (node.source ?? "");
    const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    const unfinished = block && node.range?.[1] === this.#text.length && !this.#text.endsWith("\n");
    // Without a line break at the end of the file the block has none either.
    return unfinished && source.endsWith("\n") ? source.slice(0, -1) : source;
  }

  #binary(source: string, node: YamlScalar, path: readonly (string | number)[]): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(source, "base64"));
    } catch {
      throw this.#unsupported("!!binary that is not UTF-8 text", node, path);
    }
  }

  #key(node: unknown, path: readonly (string | number)[]): { key: string; span: Span | undefined } {
    if (isScalar(node)) {
      const span = this.#span(node);
      if (node.anchor !== undefined || node.tag !== undefined) this.rewrite = true;
      const scalar = this.#scalar(node, path);
      if (scalar.type === "str") return { key: scalar.value, span };
    }
    throw this.#unsupported("a key that is not a string; quote it", node, path);
  }

  /** What an alias stands for has a place of its own elsewhere: the copy has none. */
  #span(node: { range?: readonly [number, number, number] | null | undefined }): Span | undefined {
    return node.range && this.#aliases === 0 ? { start: node.range[0], end: node.range[1] } : undefined;
  }

  #empty(flow: boolean): LeafNode {
    this.rewrite = true;
    return { kind: "leaf", scalar: NULL, flow };
  }

  /** The dash of an element: nothing but spaces, tags and comments stands between it and the value. */
  #dashBefore(item: unknown): number | undefined {
    const start = hasRange(item) ? item.range[0] : undefined;
    if (start === undefined) return undefined;
    const before = this.#text.slice(0, start);
    const match = /-[ \t]*$/.exec(before.slice(Math.max(0, before.length - 64)));
    return match === null ? undefined : start - match[0].length;
  }

  #unsupported(what: string, node: unknown, path: readonly (string | number)[]): SopsError {
    const at = hasRange(node) ? positionAt(this.#text, node.range[0]) : {};
    const where = path.length === 0 ? "" : ` (at ${formatKeyPath(path)})`;
    return new SopsError("unsupported-yaml", what + where, {
      file: this.#file,
      ...at,
      path: path.length === 0 ? undefined : formatKeyPath(path),
    });
  }
}

/** go-yaml's own measure: nearly everything may be a copy in a small document, a tenth in a very large one. */
function isExcessive(copies: number, nodes: number): boolean {
  if (copies <= 100 || nodes <= 1000) return false;
  const [small, large] = [400_000, 4_000_000];
  const allowed = 0.99 - 0.89 * Math.min(Math.max((nodes - small) / (large - small), 0), 1);
  return copies / nodes > allowed;
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
