import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Io } from "../io.ts";
import { excerpts } from "./excerpts.ts";
import type { Failure } from "./failure.ts";

/** Tells people on stderr what went wrong, each diagnostic with the line it is about. */
export async function reportFailure(failure: Failure, io: Io): Promise<void> {
  const { code, message, diagnostics, stack } = failure;
  if (stack !== undefined) {
    io.err.write(`idstack: this should not have happened, please report it:\n${stack}\n`);
    return;
  }
  io.err.write(`idstack: ${diagnostics.length > 0 ? firstLine(message) : message}\n`);
  if (code === "usage" || diagnostics.length === 0) return;
  const { renderDiagnostics } = await import("@idstack/manifests");
  const files = new Set(diagnostics.flatMap(({ file }) => (file === undefined ? [] : [file])));
  const texts = await Promise.all(
    [...files].map(async (path) => ({ path, text: await readFile(resolve(io.cwd, path), "utf8").catch(() => "") })),
  );
  io.err.write(`${renderDiagnostics(diagnostics, { sources: excerpts(texts), color: io.err.color })}\n`);
}

/** One JSON document that takes the place of the result. */
export function failureJson({ code, message, diagnostics, paths }: Failure): string {
  const error = {
    code,
    message,
    ...(paths.length > 0 && { paths }),
    ...(diagnostics.length > 0 && { diagnostics }),
  };
  return `${JSON.stringify({ error }, null, 2)}\n`;
}

/** The diagnostics follow with more to see than in the message. */
function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
