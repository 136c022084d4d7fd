import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@idstack/manifests";
import { CliError } from "../errors.ts";
import { shownPath } from "./shown-path.ts";

/** The declaration whose import failed. */
export interface ImportedFile {
  /** As the user wrote it. */
  readonly file: string;
  readonly path: string;
  readonly cwd: string;
}

/** What to throw for an error that came out of the import of a declaration: its own code, or that of what it imports. */
export async function importFailure(error: unknown, imported: ImportedFile): Promise<unknown> {
  const { name, code, message, diagnostics } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (code === "EACCES" || code === "EPERM") return error;
  if (name === "StackError" && Array.isArray(diagnostics)) return invalidDeclaration(imported.file, diagnostics, error);
  const reason = error instanceof Error && typeof message === "string" ? message : String(error);
  const place = (await placeOf(error, imported)) ?? {};
  const { file = imported.path } = place;
  const diagnostic: Diagnostic = {
    code:
      error instanceof SyntaxError
        ? "config-syntax"
        : code === "ERR_MODULE_NOT_FOUND"
          ? "config-import"
          : "config-throws",
    severity: "error",
    message: reason.replace(/ imported from .*$/s, ""),
    ...place,
    file: shownPath(file, imported.cwd),
    help: helpFor(error, reason, imported, place),
  };
  return new CliError("config-invalid", `${imported.file} cannot be loaded`, {
    cause: error,
    diagnostics: [diagnostic],
  });
}

/** A declaration that loads and is wrong. */
export function invalidDeclaration(file: string, found: readonly Diagnostic[], cause?: unknown): CliError {
  const diagnostics = found.map((diagnostic) => ({ file, ...diagnostic }));
  const count = `${found.length} mistake${found.length === 1 ? "" : "s"}`;
  return new CliError("config-invalid", `the declaration has ${count}`, { cause, diagnostics });
}

interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where it happened: in the file that Node names above the error, that imports what is missing, or that threw. */
async function placeOf(error: unknown, { path }: ImportedFile): Promise<Place | undefined> {
  const { stack = "", message = "" } = error instanceof Error ? error : {};
  const lines = stack.split("\n");
  const header = /^((?:file:\/\/)?\/.*):(\d+)$/.exec(lines[0] ?? "");
  if (header !== null) {
    const caret = lines.slice(1, 8).find((line) => /^ *\^+ *$/.test(line));
    const column = caret === undefined ? {} : { column: caret.indexOf("^") + 1 };
    return { file: decoded(header[1] ?? ""), line: Number(header[2]), ...column };
  }
  const missing = /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/.exec(message);
  if (missing !== null) return await importOf(missing[1] ?? "", decoded(missing[2] ?? path));
  const frames = [...stack.matchAll(/(file:\/\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)]
    .map(([, url = "", line, column]) => ({ file: decoded(url), line: Number(line), column: Number(column) }))
    .filter(({ file }) => !file.includes("/node_modules/"));
  return frames.find(({ file }) => file === path);
}

/** The line of a file that imports something, by the last part of its name. */
async function importOf(name: string, file: string): Promise<Place> {
  const text = await readFile(file, "utf8").catch(() => "");
  const wanted = name.startsWith("/") ? (name.split("/").at(-1) ?? name) : name;
  const lines = text.split("\n");
  const index = lines.findIndex(
    (line) => line.includes(wanted) && /^(?!\s*\/\/).*(?:from|import)[\s(]*["']/.test(line),
  );
  if (index === -1) return { file };
  return { file, line: index + 1, column: (lines[index] ?? "").indexOf(wanted) + 1 };
}

function decoded(place: string): string {
  return place.startsWith("file://") ? fileURLToPath(place) : place;
}

function helpFor(error: unknown, reason: string, { file }: ImportedFile, { line }: Place): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const missing = /^Cannot find package '([^']+)'/.exec(reason);
  if (missing !== null) return `Install it: npm install --save-dev ${missing[1]}`;
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") return "Node was told not to run TypeScript: see NODE_OPTIONS.";
  if (error instanceof SyntaxError && line === undefined) return `Node shows the place: node --check ${file}`;
  return undefined;
}
