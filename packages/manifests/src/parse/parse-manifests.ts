import { type Document, LineCounter, parseAllDocuments } from "yaml";
import type { Diagnostic, Position, Severity } from "../diagnostic.ts";
import type { ManifestDocument, SkippedDocument } from "../document.ts";
import type { ParseCode } from "./codes.ts";
import { kubernetesSchema } from "./kubernetes-yaml.ts";
import { readDocument } from "./read-document.ts";
import { nestingFinding } from "./syntax-errors.ts";

/** What a text holds. `documents` and `patches` keep the order of the text. */
export interface ParsedManifests {
  /** Kubernetes objects; items of List kinds stand for themselves. */
  readonly documents: ManifestDocument[];
  /** Strategic merge patches: they look like objects but only change one. */
  readonly patches: ManifestDocument[];
  readonly skipped: SkippedDocument[];
  readonly diagnostics: Diagnostic<ParseCode>[];
}

/** A diagnostic before it is given a position; each says what to do. */
export interface ParseFinding {
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
}

/** Collects what is found in one file; `position` turns an offset of its text into line and column. */
export interface ParseTarget extends ParsedManifests {
  readonly text: string;
  readonly file: string | undefined;
  position(offset: number): Position;
  report(code: ParseCode, offset: number, finding: ParseFinding): void;
}

/**
 * Reads YAML or JSON text as Kubernetes tools read it: several documents, List kinds unfolded, anchors and merge keys
 * expanded, scalars as sigs.k8s.io/yaml resolves them (`yes` and `on` are booleans, `0777` is octal).
 *
 * Nothing is thrown for what the text holds: syntax errors, duplicate keys, templates and objects without a kind come
 * back as diagnostics with positions, and the documents without an error are returned all the same. Chart values,
 * kustomizations and other documents that are no Kubernetes objects are in `skipped`, without a diagnostic.
 *
 * @param options.file - Name used in positions; a name such as `kustomization.yaml` or `Chart.yaml` also tells what an
 *   object without a kind is.
 *
 * @example
 * ```ts
 * import { parseManifests } from "@idstack/manifests";
 * const { documents, diagnostics } = parseManifests("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n");
 * console.log(documents[0]?.object.metadata?.name, diagnostics.length); // apps 0
 * console.log(documents[0]?.locate(["metadata", "name"])); // { line: 4, column: 3 }
 * ```
 */
export function parseManifests(text: string, options: { readonly file?: string | undefined } = {}): ParsedManifests {
  const { file } = options;
  const lines = new LineCounter();
  const target: ParseTarget = {
    documents: [],
    patches: [],
    skipped: [],
    diagnostics: [],
    text,
    file,
    position(offset) {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
    report(code, offset, finding) {
      target.diagnostics.push({
        code,
        ...finding,
        ...(file === undefined ? {} : { file }),
        ...target.position(offset),
      });
    },
  };
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: kubernetesSchema,
    // Ours takes time linear in the number of keys.
    uniqueKeys: false,
    logLevel: "silent",
  });
  if (Array.isArray(parsed)) for (const document of parsed) readNested(document, target);
  const { documents, patches, skipped, diagnostics } = target;
  return { documents, patches, skipped, diagnostics };
}

/** The parser survives text that nests deeper than the stack; what comes after it needs the same care. */
function readNested(document: Document.Parsed, target: ParseTarget): void {
  try {
    readDocument(document, target);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    target.report("yaml-syntax", document.range[0], nestingFinding);
  }
}
